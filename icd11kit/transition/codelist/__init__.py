"""A list of codes as the cohort it means in another classification."""
