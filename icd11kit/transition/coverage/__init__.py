"""How much of one classification another one can say."""
