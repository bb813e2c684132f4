"""Who lacks what: the required documents held against those on file, thing by thing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from kpi.figures.measures import Population
from kpi.figures.measures.documents import LISTED, PERSONS_IN_POST, is_held, is_needed, said_of
from kpi.figures.measures.required import FILES, File, Required
from kpi.figures.sums import calendar
from tracker.events.documents import KINDS
from tracker.periods import Month, Period


class State(StrEnum):
    """How a required document stands."""

    HELD = "在档"
    STATED = "已载无文件"  # a delivered row says so; no document proves it
    MISSING = "缺"


Paper = tuple[Required, State]


@dataclass(frozen=True)
class Filed:
    """One thing and what it must have on file."""

    file: File
    about: str  # what its documents are attached to
    seq: int
    label: str | None  # a person's token, a payment's item; never a name
    since: date  # from then on its documents should be there
    states: tuple[Paper, ...]


Lacking = tuple[Filed, Sequence[Paper]]


@dataclass(frozen=True)
class Tally:
    """One required document over all things of a kind."""

    file: File
    required: Required
    needed: int
    held: int
    stated: int

    @property
    def title(self) -> str:
        return KINDS[self.required.document]


def files_of(connection: sa.Connection, center: str, period: Period, today: date) -> list[Filed]:
    """Every thing of a period that must have documents, in the order of the register; complete ones too.

    A person is listed who was in post on the period's first day, or joined in it; days up to the one before
    `today`.
    """
    months = [month for month in period.months if month.first_day < today]
    found = [filed for population in LISTED for filed in _of(connection, center, population, months, today)]
    return sorted(found, key=lambda one: (FILES.index(one.file), one.since, one.about))


def lacking(files: Sequence[Filed], kind: str | None = None) -> list[Lacking]:
    """The things that lack a document (of one kind, if any is named), with what they lack."""
    found = [
        (
            filed,
            [
                (one, state)
                for one, state in filed.states
                if state is not State.HELD and kind in (None, one.document)
            ],
        )
        for filed in files
    ]
    return [(filed, papers) for filed, papers in found if papers]


def tally(files: Sequence[Filed]) -> list[Tally]:
    """How many of each required document there are: 学历核验材料, 37 of 38."""
    return [_tally(file, one, files) for file in FILES for one in file.required]


def _tally(file: File, required: Required, files: Sequence[Filed]) -> Tally:
    states = [state for filed in files for one, state in filed.states if one is required]
    return Tally(file, required, len(states), states.count(State.HELD), states.count(State.STATED))


def _of(
    connection: sa.Connection, center: str, population: Population, months: Sequence[Month], today: date
) -> Iterator[Filed]:
    taken = months[:1] if population is PERSONS_IN_POST else months
    if not taken:
        return
    (file, only), first, end = LISTED[population], taken[0].first_day, min(taken[-1].end_day, today)
    told = [said_of(population, one) for one in (file.about, file.label, file.since, *_flags(file))]
    rows = (
        sa.select(population.seq, *(one.label(f"told_{place}") for place, one in enumerate(told)))
        .select_from(population.rows)
        .where(population.center_id == center, population.day >= first, population.day < end, only)
    )
    if population.by_month:
        rows = rows.add_cte(calendar(first, end))
    for seq, about, label, since, *flags in connection.execute(rows):
        yield Filed(file, about, seq, label, since, tuple(_states(file, flags)))


def _flags(file: File) -> Iterator[sa.ColumnElement[Any]]:
    """Needed, held and stated, for each required document."""
    for one in file.required:
        yield is_needed(one)
        yield is_held(file, one)
        yield sa.false() if one.stated is None else one.stated


def _states(file: File, flags: Sequence[bool]) -> Iterator[Paper]:
    for number, one in enumerate(file.required):
        needed, held, stated = flags[3 * number : 3 * number + 3]
        if needed:
            yield one, State.HELD if held else State.STATED if stated else State.MISSING
