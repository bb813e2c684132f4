"""What every form shares: the fields of a kind of table that it asks for, and what is held of its thing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg

from ingest.kinds import TableKind
from ingest.recognition.fields import Field
from tracker.facts.fact import SlotState
from tracker.log.statements import fold_statements, read_statements

FormValues = Mapping[str, str]  # field → what was typed
KnownSlots = Mapping[str, SlotState]  # slot → what holds of the form's thing; empty: nothing is known of it


@dataclass(frozen=True)
class FormState:
    """What a form is filled in against."""

    known: KnownSlots
    now: datetime
    correcting: bool = False


@dataclass(frozen=True, kw_only=True)
class Form:
    """A form: one row of a kind of table."""

    name: str
    title: str
    about: str  # one line for whoever fills it in
    kind: Callable[[FormState], TableKind]
    asks: tuple[str, ...]  # keys of the kind's fields, in the order they are asked for
    subject: Callable[[FormValues], str]  # the thing that it is about, from what was typed
    identity: tuple[str, ...]  # fields that name the thing: fixed when an entry is corrected
    events: tuple[str, ...]  # types of events that it writes
    whole_day: bool = False  # tells all there is to tell of its day, so that it backs the day
    hints: Mapping[str, str] = field(default_factory=dict)
    must: tuple[str, ...] = ()  # asked for here, though a file may leave it out
    left_out: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # meanings that are not offered
    suggested: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    day: str | None = None  # the field that the page's day fills
    moment: str | None = None  # the field that the present moment fills, on today's page
    values_of: Callable[[Mapping[str, Any]], dict[str, Any]] = dict  # payload → values, where they differ

    def fields(self, entered: FormState) -> list[Field]:
        """The fields asked for."""
        by_key = self.kind(entered).by_key
        return [by_key[key] for key in self.asks]


def read_known(connection: psycopg.Connection[Any], center: str, subject: str) -> KnownSlots:
    """What holds of a thing, slot by slot."""
    return fold_statements(read_statements(connection, center, [subject]).get(subject, {}))


def use_kind(kind: TableKind) -> Callable[[FormState], TableKind]:
    """A kind that does not depend on what is known."""
    return lambda entered: kind
