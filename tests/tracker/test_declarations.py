"""What a centre says once, and from which day on it holds."""

from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.tracker.test_names import rows
from tracker.events.declarations import TopicDeclared
from tracker.facts.declarations import DECLARATIONS

FIRST = date(2023, 1, 1)


def said(name: str, holds: bool, first_day: date | None = None) -> tuple[str, TopicDeclared]:
    return "2023-12-31", TopicDeclared(topic="labour", known_as=name, holds=holds, first_day=first_day)


def holding(found: list[Any], name: str, day: date) -> bool | None:
    """What the fact's rows say of a name on a day."""
    for _, known_as, first, end, holds in found:
        if (
            known_as == name
            and date.fromisoformat(first) <= day
            and (not end or day < date.fromisoformat(end))
        ):
            return bool(holds)
    return None


@given(
    st.lists(
        st.tuples(st.sampled_from("甲乙"), st.none() | st.integers(0, 40), st.booleans()),
        unique_by=lambda one: one[:2],
    )
)
def test_on_each_day_the_last_thing_said_of_a_name_holds(drawn: list[tuple[str, int | None, bool]]) -> None:
    told = [
        said(name, holds, None if since is None else FIRST + timedelta(days=since))
        for name, since, holds in drawn
    ]
    found = rows(DECLARATIONS, *told)
    for name in "甲乙":
        for number in range(45):
            of_name = sorted(
                (-1 if since is None else since, holds) for one, since, holds in drawn if one == name
            )
            in_force = [holds for since, holds in of_name if since <= number]
            expected = in_force[-1] if in_force else None
            assert holding(found, name, FIRST + timedelta(days=number)) is expected


def test_spellings_that_differ_in_brackets_and_blanks_are_one_name() -> None:
    ((_, name, *_, holds),) = rows(
        DECLARATIONS, said("服务费 (外包)", True), ("2024-01-01", said("服务费（外包）", False)[1])
    )
    assert (name, holds) == ("服务费（外包）", False)


def test_the_first_day_of_the_centre_is_one() -> None:
    told = [
        TopicDeclared(topic="opened", holds=True, first_day=FIRST + timedelta(days=day)) for day in (0, 3)
    ]
    ((_, name, first, end, _),) = rows(DECLARATIONS, ("2023-12-30", told[0]), ("2023-12-31", told[1]))
    assert (name, first, end) == ("", "2023-01-04", None)
