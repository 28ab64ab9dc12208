"""One immutable SQLite file an edition: built beside its final name, opened read-only."""
