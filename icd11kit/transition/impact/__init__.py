"""What the move to ICD-11 does to somebody's own volumes of codes."""
