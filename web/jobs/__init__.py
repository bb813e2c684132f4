"""Everything that runs in the background: one table of it, one model, and the workers of all processes."""
