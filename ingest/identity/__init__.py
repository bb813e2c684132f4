"""Which thing a row means: numbers, their scopes and spellings, and things that share a number."""
