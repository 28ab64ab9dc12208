"""Search by words: which terms an edition can be found by, and the cascade that finds them."""
