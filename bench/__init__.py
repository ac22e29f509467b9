"""How long a converged fleet takes, against plain pyinfra, Ansible and a bare connection.

`make bench` runs it on disposable hosts; docs/bench.md says what is measured and how.
"""
