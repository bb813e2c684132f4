"""Small numbers in tables for the public: who is one of three complainants in a village can be guessed.

Source: 统计法 (what lets a single respondent be identified is not given out); usual rule: fewer than five.
"""

from collections.abc import Sequence

LEAST = 5
HIDDEN = f"<{LEAST}"


def suppress_small(row: Sequence[int], total: int | None = None, least: int = LEAST) -> list[int | None]:
    """The counts of a row with small ones hidden (None); 0 is no one's and stays.

    Where the total is given beside them and a single one is hidden, the next smallest is hidden too: the
    difference would tell it otherwise.
    """
    hidden = {place for place, count in enumerate(row) if 0 < count < least}
    if total is not None and len(hidden) == 1:
        others = [place for place, count in enumerate(row) if place not in hidden and count > 0]
        hidden |= {min(others, key=lambda place: row[place])} if others else set()
    return [None if place in hidden else count for place, count in enumerate(row)]
