"""Columns of codes in data files of any size recoded."""
