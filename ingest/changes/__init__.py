"""What a delivery changes of what is known, and what must be asked before it does."""
