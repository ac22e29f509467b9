"""Data of every host of every inventory in this folder, the disposable ones of the lab included.

Empty on purpose: what differs between inventories stands in the file of its group, which wins
over this one. pyinfra executes all files of this folder whichever inventory is used, so none may
fail where a variable or file is missing: Secret.env and its like never do (docs/secrets.md).
"""
