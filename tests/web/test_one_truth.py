"""A day of a source stands the same wherever it is looked at: calendar, filling page, arrivals, figures,
closing. Each example draws what came of two months, one that has ended and one that runs, and holds the pages
against what was drawn, and against each other.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from html import unescape
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kpi.closing.acts import approve_sources, complete_sources, submit_sources
from kpi.closing.locking import lock_month, request_lock
from kpi.figures import results
from kpi.figures.day_runs import find_runs, name_runs
from kpi.figures.sources import SOURCES
from tests.conftest import fresh_database
from tests.drawing import examples
from tests.kpi.given import append
from tests.web.conftest import NOW, add, app_of, grant, signed_in_client
from tracker import centers
from tracker.database import Database
from tracker.events import Event
from tracker.events.daily_counts import DayCounted
from tracker.events.declarations import TopicDeclared
from tracker.events.ledger import DeliveryImported, EventVoided, NothingToReport
from tracker.events.platform import PlatformProbed
from tracker.events.times import BEIJING, get_day_start
from tracker.periods import Month
from web.access.rights import Role
from web.formatting import percent

ENDED, RUNNING = Month(2024, 1), Month(2024, 2)
FIRST = ENDED.first_day
DAYS = [FIRST + timedelta(days=n) for n in range(60)]
INDICATOR = {  # of each source by the day, one that rests on it alone
    "calls": "calls_inbound",
    "work_orders": "work_orders_opened",
    "probes": "platform_uptime_rate",
    "messages": "messages_sent",
    "cases": "cases_handled",
    "visits": "visits_received",
}
KINDS = ("whole", "early", "held", "taken back", "zero", "nothing")
_numbers = count(1)


@dataclass(frozen=True)
class Span:
    """Days of a source that came in one way."""

    first: int
    length: int
    kind: str

    def days(self, today: date) -> list[date]:
        return [day for day in DAYS[self.first : self.first + self.length] if day < today]


@dataclass(frozen=True)
class Drawn:
    """What came of each source, the day it is looked at, and whether the ended month is locked by then."""

    spans: dict[str, list[Span]]
    hours: list[int]  # hours with a probe, day by day
    left_empty: frozenset[int]  # days whose report says nothing of visits
    monthly: dict[str, tuple[str, int]]  # source by the month → how it came, and on which day
    today: date
    locked: bool
    said: int | None  # the day on which the centre says that it opened

    @property
    def opened(self) -> date:
        """Nothing is owed of the days before it: none of which something came."""
        came = [
            day
            for spans in self.spans.values()
            for span in spans
            if span.kind in ("whole", "early", "held")
            for day in span.days(self.today)
        ]
        return date.min if self.said is None else min([DAYS[self.said], *came])


_SPAN = st.builds(Span, st.integers(0, 59), st.integers(1, 40), st.sampled_from(KINDS))
_SPANS = st.lists(_SPAN, max_size=5)
DRAWN = st.builds(
    Drawn,
    spans=st.fixed_dictionaries(dict.fromkeys(("calls", "work_orders", "daily_counts"), _SPANS)),
    hours=st.lists(st.sampled_from((24, 24, 24, 0, 7)), min_size=60, max_size=60),
    left_empty=st.frozensets(st.integers(0, 59), max_size=5),
    monthly=st.fixed_dictionaries(
        {
            key: st.tuples(
                st.sampled_from(("whole", "begins later", "taken back", "zero", "nothing")),
                st.integers(1, 59),
            )
            for key in ("roster", "payments")
        }
    ),
    today=st.integers(32, 59).map(lambda number: DAYS[number]),
    locked=st.booleans(),
    said=st.none() | st.integers(0, 50),
)


class Centre:
    """A centre of its own for each example, and a browser in it."""

    def __init__(self, database: Database, drawn: Drawn, client: Callable[[date], FlaskClient]) -> None:
        self.code, self.drawn = f"c{next(_numbers)}", drawn
        self.client = client(drawn.today)
        now = datetime.combine(drawn.today, time(9), BEIJING)
        with database.connect() as connection:
            centers.create_center(connection, self.code, self.code, now=now)
        with database.engine.begin() as connection:
            for event in _events(drawn):
                append(connection, event, self.code)
            results.bring_up_to_date(connection, self.code, now)
            if drawn.locked:
                _lock(connection, self.code, now)

    def page(self, there: str) -> str:
        answer = self.client.get(f"/{self.code}/{there}")
        assert answer.status_code == 200, there
        return unescape(answer.text)

    def figure(self, key: str, month: Month) -> Any:
        return next(
            one for one in re.findall(r"<tr>.*?</tr>", self.page(f"{month}/"), re.S) if f'/{key}"' in one
        )


def _events(drawn: Drawn) -> Iterator[list[Event]]:
    """One list a delivery; a day's own end is the state of the world that its file speaks of."""
    if drawn.said is not None:
        yield [TopicDeclared(topic="opened", holds=True, first_day=DAYS[drawn.said])]
    for source, spans in drawn.spans.items():
        for span in spans:
            days = span.days(drawn.today)
            if days and span.kind != "nothing":
                yield from _of_span(source, days, span.kind)
        if source == "daily_counts":
            yield [
                DayCounted(counted_on=day, messages=1, cases=0, visits=None if n in drawn.left_empty else 3)
                for n, day in enumerate(DAYS)
                if day < drawn.today
            ]
    yield [
        PlatformProbed(platform="12345", at=get_day_start(day) + timedelta(hours=hour), up=True)
        for day, hours in zip(DAYS, drawn.hours, strict=True)
        if day < drawn.today
        for hour in range(hours)
    ]
    for source, (kind, number) in drawn.monthly.items():
        at = DAYS[number]
        if at < drawn.today and kind == "zero" and at >= ENDED.end_day:
            yield [_signed(source, ENDED.first_day, ENDED.end_day, at)]
        elif at < drawn.today and kind in ("whole", "begins later", "taken back"):
            first = RUNNING.first_day if kind == "begins later" else FIRST
            yield from _delivery(source, {first: 1}, at, kind)


def _of_span(source: str, days: list[date], kind: str) -> Iterator[list[Event]]:
    after = days[-1] + timedelta(days=1)
    if kind == "zero":
        yield [_signed(source, days[0], after, after)]
    elif kind == "early":  # made on the first day, before that had ended
        yield from _delivery(source, dict.fromkeys(days, 2), days[0], kind)
    else:
        yield from _delivery(source, dict.fromkeys(days, 2), after, kind)


def _signed(source: str, first: date, end: date, at: date) -> Event:
    return NothingToReport(
        of=source, first_day=first, end_day=end, signed_by="李录入", signed_at=get_day_start(at), remark=None
    )


def _delivery(source: str, days: dict[date, int], as_of: date, kind: str) -> Iterator[list[Event]]:
    name = f"{source}{next(_numbers)}"
    held = [[min(days).isoformat(), max(days).isoformat(), 1]] if kind == "held" else None
    yield [
        DeliveryImported(
            delivery=name, of=source, file_name=f"{name}.csv", sha256="0" * 64, size=1, profile="x",
            as_of=get_day_start(as_of), as_of_basis="given", imported_at=get_day_start(as_of), rows=1, new=1,
            changed=0, same=0, stale=0, quarantined=0, held_back=held,
            days={day.isoformat(): rows for day, rows in days.items()},
            leavers_since=FIRST if source == "roster" and kind != "begins later" else None,
        )
    ]  # fmt: skip
    if kind == "taken back":
        yield [
            EventVoided(
                event_seq=None, delivery=name, reason="错", voided_by="张三", voided_at=get_day_start(as_of)
            )
        ]


def _lock(connection: sa.Connection, center: str, now: datetime) -> None:
    at: Any = (connection, center, ENDED, None)
    complete_sources(*at, by="张三", now=now)
    submit_sources(*at, by="张三", now=now, acknowledged="没有其他数据")
    approve_sources(*at, by="李四", now=now)
    request_lock(connection, center, ENDED, by="张三", now=now)
    lock_month(connection, center, ENDED, by="王五", now=now)


@pytest.fixture(scope="module")
def database(server_url: str, template: str) -> Iterator[Database]:
    for made in fresh_database(server_url, template):
        add(
            made,
            "lilu",
            grant(Role.MANAGER),
            grant(Role.CLERK),
            name="李录入",
            at=NOW.replace(month=1, day=1),
        )
        yield made


@pytest.fixture(scope="module")
def client(database: Database) -> Callable[[date], FlaskClient]:
    at = [NOW]
    app = app_of(database, clock=lambda: at[0])

    def client(today: date) -> FlaskClient:
        at[0] = datetime.combine(today, time(9), BEIJING)
        return signed_in_client(app, "lilu", at[0])

    return client


@settings(  # an example takes a second or two: looking for a smaller one would take minutes
    max_examples=examples(12), deadline=None, suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)  # fmt: skip
@given(drawn=DRAWN, picked=st.sets(st.integers(0, 59), min_size=3, max_size=4))
def test_every_page_says_the_same_of_a_day(
    database: Database, client: Callable[[date], FlaskClient], drawn: Drawn, picked: set[int]
):
    centre = Centre(database, drawn, client)
    calendar = {key: of_calendar(centre, key) for key in SOURCES}
    for key in INDICATOR:
        assert calendar[key] == truth(drawn, key), key
    for key in drawn.monthly:
        assert calendar[key] == truth_of_months(drawn, key), key
    for number in picked:
        hold_filling_page(centre, DAYS[number], calendar)
    hold_arrivals(centre, calendar)
    hold_gaps(centre, calendar)
    for month in (ENDED, RUNNING):
        hold_figures(centre, month, calendar)
        hold_closing(centre, month, calendar)


States = dict[date, str]  # day, or first day of a month → the state's word


def truth(drawn: Drawn, key: str) -> States:
    """What every day is, counted from what was drawn and from nothing else."""
    return {day: _truth(drawn, key, day) for day in DAYS}


def _truth(drawn: Drawn, key: str, day: date) -> str:
    if day > drawn.today:
        return "未到期"
    lacking = "待报" if day >= RUNNING.first_day else "缺"
    if day < drawn.opened:
        lacking = "启用前"
    if day == drawn.today:
        return lacking
    if key == "probes":
        hours = drawn.hours[DAYS.index(day)]
        return "有数据" if hours == 24 else "部分" if hours else lacking
    spans = drawn.spans["daily_counts" if key in ("messages", "cases", "visits") else key]
    kinds = {span.kind for span in spans if day in span.days(drawn.today)}
    rows = kinds & {"whole", "held"}
    empty = key == "visits" and DAYS.index(day) in drawn.left_empty
    signed = "zero" in kinds and "early" not in kinds  # else there was something
    if (not rows and not signed) or (rows and empty):
        return lacking
    if "held" in kinds:
        return "部分"
    return "有数据" if rows else "零报告"


def truth_of_months(drawn: Drawn, key: str) -> States:
    kind, number = drawn.monthly[key]
    came = DAYS[number] < drawn.today and DAYS[number] >= ENDED.end_day
    lacking = "启用前" if drawn.opened >= RUNNING.first_day else "缺"
    january = {"whole": "有数据", "zero": "零报告"}.get(kind, lacking) if came else lacking
    return {ENDED.first_day: january, RUNNING.first_day: "待报"}


def of_calendar(centre: Centre, key: str) -> States:
    """The words of every cell; its colour and sign must be those of the words."""
    section = centre.page("2024/coverage").partition(f'id="{key}"')[2].partition("</section>")[0]
    look = {"有数据": "covered", "零报告": "zero", "部分": "partly", "待报": "owed", "缺": "missing",
            "未到期": "ahead", "不适用": "none", "启用前": "none"}  # fmt: skip
    found = {}
    for kind, told in re.findall(r'class="day-(\w+)" title="([^"]*)"', section):
        name, _, words = told.partition("：")
        state = words.partition("（")[0]
        assert kind == look[state], told
        numbers = [int(number) for number in re.findall(r"\d+", name)]
        day = date(2024, *numbers) if "日" in name else date(*numbers, 1)
        if day <= DAYS[-1]:
            found[day] = state
        if state == "零报告":
            assert "确认人 李录入" in words
    return found


def hold_filling_page(centre: Centre, day: date, calendar: dict[str, States]) -> None:
    page = centre.page(f"days/{day}")
    chip = r'<td class="name">([^<]*)</td>\s*<td[^>]*><span[^>]*>\S* *([^<]*)</span>'
    said = dict(re.findall(chip, page))
    before = Month.of(day).previous.first_day
    for key, source in SOURCES.items():
        if key in INDICATOR:
            assert said[source.title] == calendar[key][day], (key, day)
        elif key in centre.drawn.monthly and before in calendar[key]:
            assert said[source.title] == calendar[key][before], (key, day)


def hold_arrivals(centre: Centre, calendar: dict[str, States]) -> None:
    for month in (ENDED, RUNNING):
        page = centre.page(f"{month}/analysis/arrivals")
        for key in INDICATOR:
            row = re.search(rf'class="name">{SOURCES[key].title}</th>(.*?)</tr>', page, re.S)
            assert row is not None, (key, page[page.index("<main") :])
            said = {state: int(number) for state, number in re.findall(r"(缺|待报|部分) (\d+) 天", row[1])}
            ended = [
                state for day, state in calendar[key].items() if day in of(month) and day < centre.drawn.today
            ]
            assert said == {state: ended.count(state) for state in ("缺", "待报", "部分") if state in ended}
            assert f'data-name="缺失、待报">{gaps(centre, key, month, calendar) or "—"}</td>' in row[1]


def hold_gaps(centre: Centre, calendar: dict[str, States]) -> None:
    """What is owed stands in the overview, amber, and nothing of the month that runs is called missing."""
    box = centre.page("2024/").partition('id="gaps"')[2].partition("</section>")[0]
    lines = re.findall(
        r'<span class="(?:chip chip|badge)-(\w+)"[^>]*>\s*(\S+ \S+)\s*</span>\s*'
        r'<span class="what">(.*?)。</span>',
        box,
    )
    for key in INDICATOR:
        title = SOURCES[key].title
        owed = gaps(centre, key, RUNNING, calendar)
        said = [
            told
            for chip, word, told in lines
            if word == "○ 待报" and title in told.partition("待报")[0].split("、")
        ]
        assert [told.partition("待报")[2] for told in said] == ([owed.removeprefix("待报")] if owed else [])
        missing = gaps(centre, key, ENDED, calendar)
        named = (f"{title}{missing or '缺'}", f"{title}应报")
        assert any(told.startswith(named) for *_, told in lines) == bool(missing), (title, missing, lines)
    assert all(chip == "partial" for chip, word, _ in lines if word == "○ 待报")
    assert not [told for *_, told in lines if re.search(r"(?<!1)2月", told.partition("待报")[0])]


def hold_figures(centre: Centre, month: Month, calendar: dict[str, States]) -> None:
    """A figure's coverage counts the days that the calendar says are there, and no other."""
    for key, indicator in INDICATOR.items():
        states = {day: state for day, state in calendar[key].items() if day in of(month)}
        there = [day for day, state in states.items() if state in ("有数据", "零报告", "部分")]
        due = max((DAYS.index(day) + 1 for day in came(centre.drawn, key) if day in of(month)), default=0)
        reached = month.days if month == ENDED else max(0, due - DAYS.index(month.first_day))
        expected = sum(state != "启用前" for state in list(states.values())[:reached])
        backed = Fraction(len(there))
        if key == "probes":
            backed = sum((Fraction(centre.drawn.hours[DAYS.index(day)], 24) for day in there), Fraction(0))
        row = centre.figure(indicator, month)
        cover = re.search(r'class="cover nowrap">([^<]*)<', row)
        assert cover is not None
        assert cover[1] == (percent(backed / expected if expected else None)), (key, month, row)
        sure = "✓ 可核实" in row
        assert not sure or len(there) == expected, (key, month)
        assert not sure or "部分" not in states.values()


def hold_closing(centre: Centre, month: Month, calendar: dict[str, States]) -> None:
    board = centre.page("2024/closing")
    page = centre.page(f"{month}/closing")
    for key in INDICATOR:
        told = gaps(centre, key, month, calendar)
        name = f"{month.label}{SOURCES[key].title}："
        [cell] = re.findall(rf'title="{name}([^"]*)"', board)
        assert cell.endswith(f"，{told}") if told else not re.search("缺|待报", cell), cell
        row = re.search(
            rf'<td class="name">(?:<label[^>]*>)?(?:\s*<[^>]*>)*\s*{SOURCES[key].title}\s*'
            r"(?:</label>\s*)?</td>(.*?)</tr>",
            page,
            re.S,
        )
        assert row is not None
        if month == RUNNING or not centre.drawn.locked:
            found = re.findall(r"<div><b>((?:缺|待报)[^<]*)。</b>", row[1])
            assert found == ([told] if told else []), (key, month)
            held = "部分" in {calendar[key][day] for day in of(month)} and key != "probes"
            assert "未导入" in row[1] or not held


def gaps(centre: Centre, key: str, month: Month, calendar: dict[str, States]) -> str:
    """What has ended of a month and is not there, from the words of the calendar."""
    lacking = {
        day: 24 - centre.drawn.hours[DAYS.index(day)] if key == "probes" else 1
        for day, state in calendar[key].items()
        if day in of(month) and day < centre.drawn.today
        if state in ("缺", "待报") or (state == "部分" and key == "probes")
    }
    if not lacking:
        return ""
    gone = {day for day, hours in lacking.items() if hours == 24} if key == "probes" else None
    rhythm = SOURCES[key].rhythm
    named = name_runs(rhythm, find_runs(rhythm, lacking, gone))
    return ("缺" if month == ENDED else "待报") + named


def came(drawn: Drawn, key: str) -> list[date]:
    """The days of which anything came after they had ended, if only an empty report."""
    source = "daily_counts" if key in ("messages", "cases", "visits") else key
    if key == "probes":
        return [day for day, hours in zip(DAYS, drawn.hours, strict=True) if hours and day < drawn.today]
    told = replace(drawn, left_empty=frozenset())
    words = {day: _truth(told, "cases" if source == "daily_counts" else key, day) for day in DAYS}
    return [day for day, state in words.items() if state in ("有数据", "零报告", "部分")]


def of(month: Month) -> list[date]:
    return [day for day in DAYS if month.first_day <= day < month.end_day]
