"""A table named for a part, as 已接来电 or 投诉工单, whose rows are of that part alone: where is the rest?"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import psycopg
from psycopg import sql

from ingest.changes.repeated_numbers import PART, ProposedChange, QuestionCollector
from tracker.fact_rows import BY_KIND
from tracker.personal_text import mask_numbers

_FEWEST = 10  # new things; fewer may be alike by chance
_TESTS = {
    "call": (
        (re.compile(r"(?<!未)(?:已接|接通|接听|接起)(?![率量数线])"), "answered IS TRUE"),
        (re.compile(r"未接|漏接|呼损|放弃"), "answered IS FALSE"),
    ),
    "work_order": (
        (re.compile(r"(?<![未待应])(?:办结|办毕|结案|归档|已完成)(?![率量数])"), "closed_at IS NOT NULL"),
        (re.compile(r"在办|待办|未办结|未结案|办理中"), "closed_at IS NULL"),
    ),
    "payment": (
        (re.compile(r"(?<!未)(?:已付|已支付|付讫)"), "paid_on IS NOT NULL"),
        (re.compile(r"未付|未支付|欠付|待付"), "paid_on IS NULL"),
    ),
}  # thing → words of a name, and what is then true of each row
_COUNTED = "count(*) FILTER (WHERE seq > %(head)s), bool_and({test}) FROM {table} WHERE "
_LEAST = "min({test}) FROM {table} WHERE seq > %(head)s AND "
_VALUES = {"call": (), "work_order": ("kind", "unit"), "payment": ("item",)}


def ask_about_part(
    connection: psycopg.Connection[Any],
    center: str,
    thing: str | None,
    names: Sequence[str],
    days: Mapping[date, int],
    head: int,
    asking: QuestionCollector,
) -> None:
    """Notes a table all of whose new things are of the part that a name of it says, where nothing else is
    known of its days.

    `names`: of file and sheet, and what stands above the header; `days`: rows of the table by day;
    `head`: the log's last event before the table.
    """
    if thing not in _TESTS or not days or asking.answer.is_to(PART):
        return
    span = {"center": center, "head": head, "first_day": min(days), "last_day": max(days)}
    for name in names:
        for word, test in _list_tests(connection, thing, name, span):
            new, only = _select(connection, thing, _COUNTED, test, span)
            if new >= _FEWEST and only:
                asking.note(
                    ProposedChange(
                        sort=PART,
                        row=None,
                        subject=f"table/{mask_numbers(name)}",
                        field="",
                        before=word,
                        after=None,
                    )
                )
                return


def _list_tests(
    connection: psycopg.Connection[Any], thing: str, name: str, span: Mapping[str, Any]
) -> Iterator[tuple[str, sql.Composable]]:
    """What a name says of the rows, word by word."""
    for words, test in _TESTS[thing]:
        if found := words.search(name):
            yield found[0], sql.SQL(test)
    for column in _VALUES[thing]:
        field = sql.Identifier(column)
        [value] = _select(connection, thing, _LEAST, field, span)
        if value and len(value) > 1 and value in name:
            yield value, sql.SQL("{} IS NOT DISTINCT FROM {}").format(field, sql.Literal(value))


def _select(
    connection: psycopg.Connection[Any],
    thing: str,
    what: str,
    test: sql.Composable,
    span: Mapping[str, Any],
) -> tuple[Any, ...]:
    fact = BY_KIND[thing][0]
    where = "center_id = %(center)s AND {day} BETWEEN %(first_day)s AND %(last_day)s"
    query = sql.SQL(f"SELECT {what}{where}").format(
        table=sql.Identifier(fact.name), day=sql.Identifier(fact.days[0]), test=test
    )
    return connection.execute(query, span).fetchone() or (None,)
