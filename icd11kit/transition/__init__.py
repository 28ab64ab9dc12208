"""The move between releases and classifications."""
