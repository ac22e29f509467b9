"""Deployments that are struck at a random moment, and what becomes of their hosts.

`moments` says when and how, from a seed; `staging` what is declared; `watching` runs pyinfra and
waits for the moment; `striking` does the damage; `enduring` runs once more and looks; `results`
keeps what was seen. `python -m tests.fleet.torture` (`make torture`) goes through many seeds.
"""
