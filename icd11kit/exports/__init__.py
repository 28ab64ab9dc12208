"""Releases, clusters and mappings in the forms that other programs read."""
