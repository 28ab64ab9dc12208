"""Two coders' codes for the same records compared."""
