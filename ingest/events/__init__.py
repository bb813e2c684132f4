"""Events that machines send one by one or in batches, as CloudEvents: each gets a verdict."""
