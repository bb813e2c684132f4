"""通话考核申诉: the cards' words about calls that are left out of assessment."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random

from tests.kpi.from_cards.centre import Centre, draw_day
from tests.kpi.from_cards.plain import Number, Plain, count, within
from tracker.events import Event
from tracker.events.appeals import CallExclusionAppealed
from tracker.periods import Period


def draw_events(random: Random) -> Iterator[Event]:
    """Appeals about few calls, so that of some there are several."""
    for _ in range(40):
        asked = draw_day(random)
        yield CallExclusionAppealed(
            call_id=f"c{random.randrange(30)}",
            asked_on=asked,
            scope=random.choice(["all", "rating"]),
            granted=random.choice([True, False]),
            decided_on=random.choice([asked, asked + timedelta(days=20)]),
        )


def calls_excluded(centre: Centre, period: Period) -> Number:
    """有一次同意就算一通，有同意整通剔除的以它为准；同一天几次申诉的，以后一次为准。"""
    told = {(one.call_id, one.asked_on): one for one in centre.find_others(CallExclusionAppealed)}
    granted: dict[str, list[CallExclusionAppealed]] = {}
    for _, one in sorted(told.items(), key=lambda item: item[0]):
        if one.granted:
            granted.setdefault(one.call_id, []).append(one)
    ruling = (min(found, key=lambda one: one.scope != "all") for found in granted.values())
    return count(one for one in ruling if within(one.decided_on, period))


PLAIN: tuple[Plain, ...] = (calls_excluded,)
