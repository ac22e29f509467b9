"""The checks: pure decisions over settings and what was found; nothing here asks a host.

One damage turns one check red: what only follows from another red check is `skipped`, or `warn`
where the finding itself is worth showing. docs/verify.md has the table and this order.
"""
