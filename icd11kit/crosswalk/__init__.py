"""Mappings between ICD-10-CM, ICD-10 and ICD-11, derived with evidence."""
