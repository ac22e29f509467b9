"""Foretells what a run would change on the hosts of an inventory, and changes nothing itself.

Hosts are asked the questions that a deployment asks, and its own decisions are made of the
answers. The formats of a report are documented in docs/plan.md.
"""
