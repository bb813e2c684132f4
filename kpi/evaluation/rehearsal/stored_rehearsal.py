"""The scheme that a centre's year is held against, and what was last found at risk under it.

A rehearsal takes many statements; a page that only names its sums reads those kept here, with the log
position they were computed at.
"""

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from kpi.evaluation.numbers import show_parts
from kpi.evaluation.rehearsal.rehearse import rehearse
from kpi.evaluation.scheme_files import SchemeProblem, find_scheme, list_scheme_paths, read_scheme
from tracker import log
from tracker.centers import Center
from tracker.events.evaluation import SchemeChosen
from tracker.events.times import get_day
from tracker.facts.evaluation import chosen_schemes
from tracker.log.tables import heads
from tracker.schema import metadata
from tracker.signatures import clean_signature

_TIME = sa.TIMESTAMP(timezone=True)

rehearsals = sa.Table(
    "rehearsals",  # of each year with a chosen scheme, the newest
    metadata,
    sa.Column("center_id", sa.Text, primary_key=True),
    sa.Column("period", sa.Text(collation="C"), primary_key=True),  # 2023
    sa.Column("scheme", sa.Text, nullable=False),
    sa.Column("scheme_hash", sa.Text, nullable=False),  # SHA-256 of its file
    sa.Column("whole", sa.Text, nullable=False),  # exact points, as all of the following
    sa.Column("points", sa.Text, nullable=False),
    sa.Column("rating", sa.Text, nullable=False),
    sa.Column("safe", sa.Text, nullable=False),
    sa.Column("at_risk", sa.Text, nullable=False),
    sa.Column("lost", sa.Text, nullable=False),
    sa.Column("tasks", sa.Integer, nullable=False),
    sa.Column("log_seq", sa.BigInteger, nullable=False),
    sa.Column("computed_at", _TIME, nullable=False),
    sa.Column("computed_on", sa.Date, nullable=False),  # Beijing day: deadlines move with it
)


@dataclass(frozen=True)
class StoredRehearsal:
    """The sums of a rehearsal, and where the log stood for it."""

    whole: Fraction
    points: Fraction
    rating: str
    safe: Fraction
    at_risk: Fraction
    lost: Fraction
    tasks: int  # how many things are to be done
    log_seq: int
    computed_at: datetime
    computed_on: date

    @property
    def shown_parts(self) -> list[str]:
        """Safe, at risk and lost as they are written beside each other: they add up."""
        return show_parts((self.safe, self.at_risk, self.lost))


@dataclass(frozen=True)
class ChosenScheme:
    """The scheme of a year; `kept` is None where its rehearsal was not computed yet."""

    scheme: str
    head_seq: int
    kept: StoredRehearsal | None

    @property
    def newer(self) -> int:
        """Events that came since the rehearsal was computed."""
        return 0 if self.kept is None else self.head_seq - self.kept.log_seq


def choose_scheme(
    connection: psycopg.Connection[Any],
    home: Path | None,
    center: str,
    year: int,
    key: str,
    *,
    by: str,
    now: datetime,
) -> None:
    """Holds a centre's year against a scheme. Raises: UnknownScheme, SchemeProblem, SignatureProblem."""
    scheme = read_scheme(find_scheme(key, home))
    event = SchemeChosen(
        period=str(year), scheme=scheme.key, chosen_by=clean_signature(by, "选定评价方案"), chosen_at=now
    )
    with log.appending(connection, center, delivery=None, as_of=now, recorded_at=now) as appending:
        appending.add([(event, None)])


def find_chosen_scheme(connection: sa.Connection, center: str, year: int) -> ChosenScheme | None:
    """The scheme of a year with its kept rehearsal, in one statement; None where none was chosen."""
    return find_chosen_schemes(connection, [center], year).get(center)


def find_chosen_schemes(
    connection: sa.Connection, centers: Collection[str], year: int
) -> dict[str, ChosenScheme]:
    """Those of several centres, in one statement; a centre that has chosen none is absent."""
    of, stored = chosen_schemes.c, rehearsals.c
    same = sa.and_(stored.center_id == of.center_id, stored.period == of.period, stored.scheme == of.scheme)
    stood = heads.c.center_id == of.center_id
    rows = (
        sa.select(
            of.center_id.label("center"), of.scheme.label("chosen"), heads.c.seq.label("head_seq"),
            *rehearsals.columns,
        )
        .select_from(chosen_schemes.join(heads, stood).outerjoin(rehearsals, same))
        .where(of.center_id.in_(centers), of.period == str(year))
    )  # fmt: skip
    return {
        row["center"]: ChosenScheme(
            row["chosen"], row["head_seq"], _read_stored(row) if row["log_seq"] is not None else None
        )
        for row in connection.execute(rows).mappings()
    }


def store_rehearsals(
    connection: sa.Connection, center: Center, home: Path | None, now: datetime
) -> list[str]:
    """Rehearses the years with a chosen scheme anew where events, the day or the scheme's file moved on.

    Gives what was done, in words. Call `bring_up_to_date` before, in the same transaction: it holds the log.
    """
    paths, problems = list_scheme_paths(home), list[str]()
    for year, key, seq, before in _list_due(connection, center.center_id):
        if key not in paths:
            problems += [] if before is None else [f"{year}年的评价方案 {key} 的文件不在了"]
            continue
        state = (key, hashlib.sha256(paths[key].read_bytes()).hexdigest(), seq, get_day(now))
        if before == state:
            continue
        try:
            _write(connection, center, year, paths[key], state, now, home)
            problems.append(f"{year}年按 {key} 模拟评分")
        except SchemeProblem as problem:
            problems.append(f"{year}年没有模拟评分：{problem}")
    return problems


_State = tuple[str, str, int, date]  # scheme, hash of its file, log position, day


def _list_due(connection: sa.Connection, center: str) -> Iterator[tuple[int, str, int, _State | None]]:
    """Year, scheme and the log's end; with what the kept rehearsal rests on."""
    of, stored = chosen_schemes.c, rehearsals.c
    same = sa.and_(stored.center_id == of.center_id, stored.period == of.period)
    rows = (
        sa.select(
            of.period, of.scheme, heads.c.seq,
            stored.scheme, stored.scheme_hash, stored.log_seq, stored.computed_on,
        )
        .select_from(
            chosen_schemes.join(heads, heads.c.center_id == of.center_id).outerjoin(rehearsals, same)
        )
        .where(of.center_id == center)
        .order_by(of.period)
    )  # fmt: skip
    for period, scheme, seq, *before in connection.execute(rows).all():
        yield int(period), scheme, seq, tuple(before) if before[0] is not None else None


def _write(
    connection: sa.Connection,
    center: Center,
    year: int,
    path: Path,
    state: _State,
    now: datetime,
    home: Path | None,
) -> None:
    scheme = read_scheme(path)
    found = rehearse(connection, center, scheme, year, now, home=home)
    values = {
        "whole": str(scheme.total),
        "points": str(found.evaluation.total),
        "rating": found.evaluation.rating,
        "safe": str(found.safe),
        "at_risk": str(found.at_risk),
        "lost": str(found.lost),
        "tasks": len(found.tasks),
        "computed_at": now,
        **dict(zip(("scheme", "scheme_hash", "log_seq", "computed_on"), state, strict=True)),
    }
    statement = postgresql.insert(rehearsals).values(center_id=center.center_id, period=str(year), **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["center_id", "period"], set_=values))


def _read_stored(row: Any) -> StoredRehearsal:
    values: dict[str, Any] = {name: row[name] for name in StoredRehearsal.__dataclass_fields__}
    return StoredRehearsal(**values | {name: Fraction(values[name]) for name in _EXACT})


_EXACT = ("whole", "points", "safe", "at_risk", "lost")
