"""The backup: from its settings to the files of its tool, and what a host's state asks for."""
