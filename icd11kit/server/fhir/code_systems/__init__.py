"""CodeSystem: the systems, and what can be asked of their codes."""
