"""Fact rows made from what is held of things; whoever keeps them writes them. No database."""

from collections.abc import Iterable, Mapping

from tracker.events.lists import CHECKED
from tracker.facts import FACTS, FactTable
from tracker.facts.fact import FactRow
from tracker.facts.statements import StatementsBySlot, fold_statements, is_struck

TouchedDays = set[tuple[str, str]]  # fact table, day

BY_KIND: dict[str, tuple[FactTable, ...]] = {}
for _fact in FACTS:
    BY_KIND[_fact.kind] = (*BY_KIND.get(_fact.kind, ()), _fact)

_KEPT = ("delivery", "held_delivery", "void", "zero_report", "definition", "definition_proposal")
LEDGER = tuple(fact for fact in FACTS if fact.kind in _KEPT)
DOMAIN = tuple(fact for fact in FACTS if fact not in LEDGER)
"""Facts of events whose source is the ledger come first: they say what is voided or confirmed."""


def get_kind(subject: str) -> str:
    """What kind of thing a subject names: a call, a work order, …"""
    return subject.partition("/")[0]


def project_rows(
    things: Mapping[str, StatementsBySlot], facts: Iterable[FactTable] = FACTS
) -> dict[FactTable, list[FactRow]]:
    """Fact rows of things, without their centre: subject, seq, then the table's own columns.

    None of what a newer list left out, where a person said that it counts no more."""
    wanted = set(facts)
    rows: dict[FactTable, list[FactRow]] = {fact: [] for fact in facts}
    for subject, statements in things.items():
        slots = fold_statements(statements)
        if slots.pop(CHECKED, None) and is_struck(statements):
            continue
        if slots:
            seq = max([part.seq for part in slots.values()])
            for fact in BY_KIND.get(get_kind(subject), ()):
                if fact in wanted:
                    rows[fact] += [(subject, seq, *row) for row in fact.rows(slots)]
    return {fact: found for fact, found in rows.items() if found}


def list_days(fact: FactTable, rows: Iterable[FactRow]) -> TouchedDays:
    """Every day by which one of the rows is counted."""
    columns = [column.name for column in fact.table.columns][1:]
    places = [columns.index(name) for name in fact.days]
    return {(fact.name, row[place]) for place in places for row in rows if row[place] is not None}
