"""Uninstalling: what there is of this package on a host, and in which order it goes."""
