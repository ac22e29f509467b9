"""Asking a gateway's host about its nginx: the question, its answer, nginx's own words."""
