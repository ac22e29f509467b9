"""The gateway: from its settings to nginx's configuration, and what a host's state asks for."""
