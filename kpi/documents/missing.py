"""Who lacks what: the required documents held against those on file, thing by thing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from kpi.figures.measures import Population
from kpi.figures.measures.documents import (
    LISTED,
    PERSONS_IN_POST,
    is_needed,
    is_on_file,
    relate_to_population,
)
from kpi.figures.measures.required import FILES, Dossier, RequiredDocument
from kpi.figures.sums import build_calendar
from tracker.events.documents import KINDS
from tracker.periods import Month, Period


class DocumentState(StrEnum):
    """How a required document stands."""

    HELD = "在档"
    STATED = "有登记无原件"  # a delivered row says so; no document proves it
    MISSING = "缺"


RequiredState = tuple[RequiredDocument, DocumentState]


@dataclass(frozen=True)
class DossierState:
    """One thing and what it must have on file."""

    file: Dossier
    about: str  # what its documents are attached to
    seq: int
    label: str | None  # a person's token, a payment's item; never a name
    since: date  # from then on its documents should be there
    states: tuple[RequiredState, ...]


IncompleteDossier = tuple[DossierState, Sequence[RequiredState]]


@dataclass(frozen=True)
class DocumentTally:
    """One required document over all things of a kind."""

    file: Dossier
    required: RequiredDocument
    needed: int
    held: int
    stated: int

    @property
    def title(self) -> str:
        return KINDS[self.required.document]


def read_dossiers(connection: sa.Connection, center: str, period: Period, today: date) -> list[DossierState]:
    """Every thing of a period that must have documents, in the order of the register; complete ones too.

    A person is listed who was in post on the period's first day, or joined in it; days up to the one before
    `today`.
    """
    months = [month for month in period.months if month.first_day < today]
    dossiers = [
        dossier
        for population in LISTED
        for dossier in _read_population(connection, center, population, months, today)
    ]
    return sorted(dossiers, key=lambda one: (FILES.index(one.file), one.since, one.about))


def select_incomplete(files: Sequence[DossierState], kind: str | None = None) -> list[IncompleteDossier]:
    """The things that lack a document (of one kind, if any is named), with what they lack."""
    states = [
        (
            dossier,
            [
                (one, state)
                for one, state in dossier.states
                if state is not DocumentState.HELD and kind in (None, one.document)
            ],
        )
        for dossier in files
    ]
    return [(dossier, missing) for dossier, missing in states if missing]


def tally_documents(files: Sequence[DossierState]) -> list[DocumentTally]:
    """How many of each required document there are: 学历核验材料, 37 of 38."""
    return [_tally_required(file, one, files) for file in FILES for one in file.required]


def _tally_required(
    file: Dossier, required: RequiredDocument, files: Sequence[DossierState]
) -> DocumentTally:
    states = [state for dossier in files for one, state in dossier.states if one is required]
    return DocumentTally(
        file, required, len(states), states.count(DocumentState.HELD), states.count(DocumentState.STATED)
    )


def _read_population(
    connection: sa.Connection, center: str, population: Population, months: Sequence[Month], today: date
) -> Iterator[DossierState]:
    counted_months = months[:1] if population is PERSONS_IN_POST else months
    if not counted_months:
        return
    (file, only), first, end = (
        LISTED[population],
        counted_months[0].first_day,
        min(counted_months[-1].end_day, today),
    )
    columns = [
        relate_to_population(population, one)
        for one in (file.about, file.label, file.since, *_select_flags(file))
    ]
    rows = (
        sa.select(population.seq, *(one.label(f"told_{place}") for place, one in enumerate(columns)))
        .select_from(population.rows)
        .where(population.center_id == center, population.day >= first, population.day < end, only)
    )
    if population.by_month:
        rows = rows.add_cte(build_calendar(first, end))
    for seq, about, label, since, *flags in connection.execute(rows):
        yield DossierState(file, about, seq, label, since, tuple(_read_states(file, flags)))


def _select_flags(file: Dossier) -> Iterator[sa.ColumnElement[Any]]:
    """Needed, held and stated, for each required document."""
    for one in file.required:
        yield is_needed(one)
        yield is_on_file(file, one)
        yield sa.false() if one.stated is None else one.stated


def _read_states(file: Dossier, flags: Sequence[bool]) -> Iterator[RequiredState]:
    for number, one in enumerate(file.required):
        needed, is_held, is_stated = flags[3 * number : 3 * number + 3]
        if needed:
            yield (
                one,
                DocumentState.HELD
                if is_held
                else DocumentState.STATED
                if is_stated
                else DocumentState.MISSING,
            )
