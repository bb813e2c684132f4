"""The evidence package: the log, what was made of it, and what it takes to check it without us."""
