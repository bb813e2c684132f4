"""The log as a table of DuckDB: the columns of `data/events.parquet`, times as the texts that are hashed."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from kpi.offline.duck import Duck, list_typed_columns, quote_id, quote_str
from tracker.stored_event import Recorded

log = sa.Table(
    "log",
    sa.MetaData(),
    sa.Column("seq", sa.BigInteger),
    sa.Column("type", sa.Text),
    sa.Column("source", sa.Text),
    sa.Column("subject", sa.Text),
    sa.Column("slot", sa.Text),
    sa.Column("occurred_at", sa.Text),
    sa.Column("as_of", sa.Text),
    sa.Column("recorded_at", sa.Text),
    sa.Column("delivery", sa.Text),
    sa.Column("row", sa.BigInteger),
    sa.Column("data", sa.Text),  # canonical JSON, verbatim as hashed
    sa.Column("hash", sa.Text),  # hexadecimal
)
COLUMNS = tuple(str(column.name) for column in log.columns)


def insert_events(duck: Duck, events: Iterable[Recorded]) -> None:
    """Makes the table of events in the log's order."""
    duck.create(log)
    add_events(duck, events)


def add_events(duck: Duck, events: Iterable[Recorded]) -> None:
    """Appends events to the table."""
    duck.insert(log, (_to_row(event) for event in events))


def load_parquet(duck: Duck, path: Path) -> None:
    """Puts a Parquet file in the table's place."""
    duck.sql(f"CREATE VIEW log AS SELECT {list_typed_columns(log)} FROM read_parquet({quote_str(str(path))})")


def read_links(duck: Duck, center: str) -> Iterator[tuple[dict[str, Any], bytes, bytes]]:
    """Every event as the chain has it, in the order of the file: envelope, payload, hash."""
    for row in duck.stream(f"SELECT {', '.join(quote_id(name) for name in COLUMNS)} FROM log"):
        envelope = dict(zip(COLUMNS, row, strict=True))
        payload, recorded = envelope.pop("data"), envelope.pop("hash")
        yield envelope | {"center": center}, payload.encode(), bytes.fromhex(recorded)


def _to_row(event: Recorded) -> tuple[Any, ...]:
    fields = event.build_envelope() | {"data": event.text, "hash": event.hash.hex()}
    return tuple(fields[name] for name in COLUMNS)
