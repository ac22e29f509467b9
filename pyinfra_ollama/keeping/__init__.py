"""Backups of the hosts of an inventory, asked for by a person: made, listed, brought back.

The work is done by `ollama-backup`, which the deployment puts on hosts that declare a backup, and
which a restore puts on a bare one first. docs/backup.md has the commands.
"""
