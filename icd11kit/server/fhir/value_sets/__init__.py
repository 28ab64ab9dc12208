"""ValueSet: sets that are implied or sent along, listed and asked for membership."""
