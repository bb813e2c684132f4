"""What does not follow from a package's log is bound to it: the log's last event has its hashes.

Whoever changes one of those members after the head was printed on paper would have to change that event, and
with it the head.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import sqlalchemy as sa

from kpi.offline.duck import Duck
from tracker.events import Json
from tracker.events.packages import PackagePrepared
from tracker.events.times import BEIJING, get_day, get_day_start
from tracker.periods import Year

batches = sa.Table(
    "batches",
    sa.MetaData(),
    sa.Column("first_seq", sa.BigInteger),
    sa.Column("last_seq", sa.BigInteger),
    sa.Column("merkle_root", sa.Text),  # hexadecimal
)


class Binding(NamedTuple):
    """The last event of a package's log."""

    seq: int
    hash: str
    recorded_at: datetime
    prepared: PackagePrepared

    @property
    def moment(self) -> datetime:
        """As of when the package's figures are told."""
        return self.recorded_at.astimezone(BEIJING)


def read_binding(duck: Duck) -> Binding | None:
    """The log's last event where it is that of a package, and says what such an event says and no more."""
    row = duck.sql("SELECT seq, type, recorded_at, data, hash FROM log ORDER BY seq DESC LIMIT 1").first()
    if row is None or row.type != PackagePrepared.type:
        return None
    said = orjson.loads(row.data)
    try:
        prepared = PackagePrepared(**said | {"prepared_at": datetime.fromisoformat(said["prepared_at"])})
    except (KeyError, TypeError, ValueError):
        return None
    return Binding(row.seq, row.hash, datetime.fromisoformat(row.recorded_at), prepared)


def is_still_bound(binding: Binding | None, wanted: PackagePrepared) -> bool:
    """Whether the log ends with an event that says the same, and no figure has moved with the days since."""
    if binding is None or _list_bound(binding.prepared) != _list_bound(wanted):
        return False
    ended = binding.moment >= get_day_start(Year(wanted.year).end_day)
    return ended or get_day(binding.moment) == get_day(wanted.prepared_at)


def digest_commitments(duck: Duck) -> str:
    """SHA-256 over the tokens and commitments, in the order of tokens."""
    rows = duck.sql("SELECT token, coalesce(commitment, '') FROM commitments ORDER BY token")
    return _digest_lines(rows)


def digest_batches(duck: Duck, end: int) -> str:
    """SHA-256 over the batches before the event `end`: first and last event, Merkle root."""
    rows = duck.sql(
        "SELECT first_seq, last_seq, merkle_root FROM batches WHERE last_seq < $1 ORDER BY first_seq", end
    )
    return _digest_lines(rows)


def digest_calendars(folder: Path) -> dict[str, Json]:
    """Year → SHA-256 of its file, for the files of a folder."""
    return {path.stem: sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.toml"))}


def _digest_lines(rows: Iterable[Sequence[Any]]) -> str:
    found = sha256()
    for row in rows:
        found.update((" ".join(map(str, row)) + "\n").encode())
    return found.hexdigest()


def _list_bound(prepared: PackagePrepared) -> tuple[Any, ...]:
    return (
        prepared.year, prepared.center_name, prepared.fingerprint, prepared.commitments, prepared.batches,
        prepared.calendars,
    )  # fmt: skip
