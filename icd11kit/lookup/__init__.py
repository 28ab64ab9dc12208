"""Look-up: from any code, id or URI to an entry, with everything known about it."""
