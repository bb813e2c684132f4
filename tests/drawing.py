"""How often a property is tried: with a third of its examples, in `make test-full` with all."""

import os

FULL = os.environ.get("FULL_TESTS") == "1"
FEWEST = 8


def examples(number: int) -> int:
    """For `max_examples`, of a property whose every example costs an import or a computed year."""
    return number if FULL else min(number, max(FEWEST, number // 3))
