"""Names of units and posts: spellings that are one, and what something was called on a day."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.events import Event
from tracker.events.names import NameChanged
from tracker.events.staffing import PersonRostered, PersonTransferred
from tracker.events.times import BEIJING
from tracker.facts.names import NAMES
from tracker.facts.staffing import STAFF_POSTS
from tracker.facts.statements import Statement, StatementsBySlot, fold_statements
from tracker.names import fold_name


@pytest.mark.parametrize(
    "written",
    ["市城管局（本部）", "市城管局(本部)", "市城管局 （本部）", "市城管局【本部】", "市城管局　(本部) "],
)
def test_brackets_widths_and_blanks_make_no_other_name(written: str):
    assert fold_name(written) == "市城管局（本部）"


@pytest.mark.parametrize(
    ("written", "folded"), [("IT Help  Desk", "IT Help Desk"), ("１２３４５ 组", "12345组"), ("　", "　")]
)
def test_latin_words_stay_apart_and_nothing_becomes_nothing(written: str, folded: str):
    assert fold_name(written) == folded


@given(st.text(max_size=20))
def test_a_folded_name_folds_to_itself(name: str):
    assert fold_name(fold_name(name)) == fold_name(name)


def rows(fact: Any, *said: tuple[str, Event]) -> list[Any]:
    """A fact's rows, of events told by deliveries up to and with a day."""
    held: StatementsBySlot = {}
    for seq, (last_day, event) in enumerate(said, 1):
        as_of = datetime.fromisoformat(last_day).replace(tzinfo=BEIJING) + timedelta(days=1)
        one = Statement(event.type, seq, (as_of, seq), event.text(), as_of)
        held.setdefault(event.slot, []).append(one)
    return list(fact.rows(fold_statements(held)))


NAMED = "甲乙丙丁"
CHANGES = st.lists(
    st.tuples(
        st.sampled_from(NAMED), st.sampled_from(NAMED), st.sampled_from(["renamed", "merged"]),
        st.one_of(st.none(), st.dates(date(2023, 1, 1), date(2024, 1, 1))),
    ).filter(lambda one: one[0] != one[1]),
    max_size=5, unique_by=lambda one: one[0],
)  # fmt: skip


@given(changes=CHANGES)
def test_every_name_has_one_way_of_being_called_on_every_day(changes):
    told_of = [
        NameChanged(sort="unit", known_as=old, becomes=new, way=way, first_day=since)
        for old, new, way, since in changes
    ]
    found = rows(NAMES, *(("2024-01-01", one) for one in told_of))
    by_name: dict[str, list[Any]] = {}
    for _, known_as, first, end, called in found:
        by_name.setdefault(known_as, []).append((first, end))
        assert called in by_name.keys() | set(NAMED)
    assert by_name.keys() == {name for old, new, *_ in changes for name in (old, new)} or not changes
    for spans in by_name.values():
        assert [end for _, end in spans] == [*(first for first, _ in spans[1:]), None]


def test_a_chain_of_names_and_a_name_taken_back():
    first, second = date(2023, 3, 1), date(2023, 9, 1)

    def called(*changes: NameChanged) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for _, known_as, _, _, name in rows(NAMES, *(("2024-01-01", one) for one in changes)):
            found.setdefault(known_as, []).append(name)
        return found

    def renamed(old: str, new: str, since: date) -> NameChanged:
        return NameChanged(sort="unit", known_as=old, becomes=new, way="renamed", first_day=since)

    chain = called(renamed("甲", "乙", first), renamed("乙", "丙", second))
    assert chain == {name: ["甲", "乙", "丙"] for name in "甲乙丙"}
    back = called(renamed("甲", "乙", first), renamed("乙", "甲", second))
    assert back == {name: ["甲", "乙", "甲"] for name in "甲乙"}


def person(post: str | None, **more: Any) -> PersonRostered:
    return PersonRostered(staff_no="1", post=post, joined_on=date(2022, 1, 1), **more)


def test_who_moves_posts_held_the_earlier_one_until_then():
    """By two lists, or told with its day."""
    lists = rows(STAFF_POSTS, ("2023-05-31", person("话务员")), ("2023-06-30", person("班长")))
    assert lists == [("2022-01-01", "2023-06-30", "话务员"), ("2023-06-30", None, "班长")]
    moved = PersonTransferred(staff_no="1", moved_on=date(2023, 6, 10), post="班长")
    told_with_day = rows(
        STAFF_POSTS, ("2023-05-31", person("话务员")), ("2023-06-15", moved), ("2023-06-30", person("班长"))
    )
    assert told_with_day == [("2022-01-01", "2023-06-10", "话务员"), ("2023-06-10", None, "班长")]


def test_a_list_that_says_something_else_of_a_person_moves_nobody():
    said = [("2023-05-31", person("话务员")), ("2023-06-30", person("话务 员", education="本科"))]
    assert rows(STAFF_POSTS, *said) == [("2022-01-01", None, "话务员")]
