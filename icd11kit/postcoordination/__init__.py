"""Postcoordination: clusters read, checked, shown and brought into one form."""
