"""How often something was tried, counted in the instance's database: all of its processes share one limit.

A storage of the library `limits`, which has none for PostgreSQL. A count begins with the first attempt and
ends with its window; whoever counts next removes what has ended. Where the database cannot be reached,
nothing is let through uncounted: the error is passed on, and what is limited is refused.
"""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from limits.storage import Storage
from sqlalchemy.dialects.postgresql import insert

from tracker.database import Database
from web.access.tables import attempt_counts
from web.instance import Clock

_REMOVED_AT_ONCE = 100


class DatabaseStorage(Storage):
    """Counts of attempts by key, on a database and by a clock."""

    STORAGE_SCHEME = ["hotline"]  # noqa: RUF012, as the library declares it

    def __init__(self, uri: str | None = None, *, database: Database, clock: Clock, **options: Any) -> None:
        super().__init__(uri, **options)
        self._database = database
        self._clock = clock

    @property
    def base_exceptions(self) -> type[Exception]:
        return sa.exc.SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Adds to the count of a key and returns it; the count ends `expiry` seconds after its first attempt.

        Raises: sqlalchemy.exc.SQLAlchemyError where it cannot be counted.
        """
        now = self._clock()
        fresh = {"count": amount, "ends_at": now + timedelta(seconds=expiry)}
        over = attempt_counts.c.ends_at <= now
        begun_later = attempt_counts.c.ends_at > fresh["ends_at"]  # the clock was set back since
        begun = insert(attempt_counts).values(key=key, **fresh)
        counted = begun.on_conflict_do_update(
            index_elements=["key"],
            set_={
                "count": sa.case((sa.or_(over, begun_later), amount), else_=attempt_counts.c.count + amount),
                "ends_at": sa.case(
                    (sa.or_(over, begun_later), fresh["ends_at"]), else_=attempt_counts.c.ends_at
                ),
            },
        ).returning(attempt_counts.c.count)
        old = (
            sa.select(attempt_counts.c.key)
            .where(over)
            .limit(_REMOVED_AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        with self._database.engine.begin() as connection:
            count: int = connection.execute(counted).scalar_one()
            connection.execute(sa.delete(attempt_counts).where(attempt_counts.c.key.in_(old)))
        return count

    def get(self, key: str) -> int:
        """The count of a key; 0 where its window is over."""
        return self._read(attempt_counts.c.count, key) or 0

    def get_expiry(self, key: str) -> float:
        """The moment at which a key's window ends, in seconds since 1970; now where none is open."""
        return (self._read(attempt_counts.c.ends_at, key) or self._clock()).timestamp()

    def _read(self, column: sa.Column[Any], key: str) -> Any:
        open_window = sa.and_(attempt_counts.c.key == key, attempt_counts.c.ends_at > self._clock())
        with self._database.engine.connect() as connection:
            return connection.execute(sa.select(column).where(open_window)).scalar()

    def check(self) -> bool:
        """Whether the table can be read."""
        try:
            self.get("")
        except self.base_exceptions:
            return False
        return True

    def clear(self, key: str) -> None:
        """Forgets the count of a key."""
        self._delete(attempt_counts.c.key == key)

    def reset(self) -> int:
        """Forgets every count; gives how many there were."""
        return self._delete(sa.true())

    def _delete(self, which: sa.ColumnElement[bool]) -> int:
        with self._database.engine.begin() as connection:
            return connection.execute(sa.delete(attempt_counts).where(which)).rowcount
