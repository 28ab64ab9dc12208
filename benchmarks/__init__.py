"""Measurements: each prints its figures, with both sides of a ratio from one run."""
