"""The files organizations hold: one reader a kind, rows -> records -> values."""
