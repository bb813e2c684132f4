"""A centre's facts made from its log alone, at one position after the other, and the figures there."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import sqlalchemy as sa

from kpi.figures import rollup
from kpi.figures.codes import derive_code
from kpi.figures.definitions.in_force import Definitions, build_definitions
from kpi.figures.evidence import compute_figure_in_force, read_evidence
from kpi.figures.figure import Figure
from kpi.figures.indicators import INDICATORS
from kpi.offline.duck import Duck, quote_id
from kpi.offline.log_table import insert_events, load_parquet
from tracker.fact_rows import DOMAIN, LEDGER, project_rows
from tracker.facts import FACTS, FactTable
from tracker.facts.definitions import definitions
from tracker.facts.deliveries import confirmations, voids
from tracker.facts.statements import Confirmation, ConfirmationRanks, rank_statements
from tracker.file_writing import WorkingFolder
from tracker.periods import Period, list_periods
from tracker.stored_event import Recorded

# subjects of acts that no figure rests on
CLOSING = "^(month|lock_exception|figure_verdict|definition_proposal|chosen_scheme|package)/"
_PAGE = 10_000  # events projected at a time

FiguresByPeriod = dict[str, dict[Period, Figure]]  # indicator → period → figure


def replay(events: Iterable[Recorded], center: str) -> "Replay":
    """The facts at the end of a run of events from the log's first on; fewer events, an earlier state."""
    replayed = Replay(center)
    replayed.take_in(events)
    replayed.advance()
    return replayed


class Replay:
    """Facts of a centre in DuckDB, as they were when the log ended at `seq`.

    The log is there as well (`take_in`, `read_from`); `advance` moves on in it, never back.
    """

    def __init__(
        self, center: str, folder: Path | None = None, spill: Path | None = None, threads: int | None = None
    ):
        """Files may be read from `folder`; what does not fit into memory goes to `spill`."""
        self._own = WorkingFolder()
        own = self._own.path
        self.duck = Duck(folder or own, spill or own, threads)
        self.center = center
        self.seq = 0
        self.counted_at = 0  # the facts that figures rest on are the same since this position
        self._computed: tuple[tuple[int, int, datetime], FiguresByPeriod] | None = None  # what was asked last
        for table in {fact.table for fact in FACTS} | {rollup.daily_measures}:
            self.duck.create(table)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Gives memory and temporary files back."""
        self.duck.close()
        self._own.close()

    def take_in(self, events: Iterable[Recorded]) -> None:
        """Takes the log in, from its first event on, and stands before it."""
        insert_events(self.duck, events)

    def load_parquet(self, path: Path) -> None:
        """Takes the log of a Parquet file in, from its first event on, and stands before it."""
        load_parquet(self.duck, path)

    def advance(self, seq: int | None = None) -> None:
        """Brings the facts up to a log position, by default its end; only what changes is made again."""
        to = self._find_last_seq() if seq is None else seq
        if to < self.seq:
            raise ValueError(f"a replay at {self.seq} cannot go back to {to}")
        before = self._read_ledger()
        for table in {fact.name for fact in LEDGER}:
            self.duck.sql(f"DELETE FROM {quote_id(table)}")
        self._project(LEDGER, _Ledger(), f"seq <= {to} AND source = 'ledger'")
        ledger = self._read_ledger()
        self._find_affected(before, ledger, to)
        for table in {fact.name for fact in DOMAIN}:
            self.duck.sql(f"DELETE FROM {quote_id(table)} WHERE subject IN (FROM affected)")
        everything = "" if self.seq == 0 else " AND subject IN (FROM affected)"
        self._project(DOMAIN, ledger, f"seq <= {to} AND source <> 'ledger'{everything}")
        if self._moves_figures(to):
            rollup.rebuild(self.duck.connection, self.center)
            self.counted_at = to
        self.seq = to

    def figures(self, year: int, now: datetime) -> FiguresByPeriod:
        """Indicator → period → figure, as `results.read_year` gives them `live`, as of `now`."""
        asked = (self.seq, year, now)
        if self._computed is None or self._computed[0] != asked:
            self._computed = asked, self._compute_figures(year, now)
        return self._computed[1]

    def _compute_figures(self, year: int, now: datetime) -> FiguresByPeriod:
        definitions = self.definitions()
        evidence = read_evidence(
            self.duck.connection,
            self.center,
            year,
            INDICATORS,
            seq=self.seq,
            now=now,
            definitions=definitions,
        )
        computed: dict[str, dict[Period, Figure]] = {}
        for key in INDICATORS:
            for period in list_periods(year):
                figure = compute_figure_in_force(evidence, definitions, key, period)
                if figure is not None:
                    computed.setdefault(key, {})[period] = replace(figure, code=derive_code(figure, 0))
        return computed

    def definitions(self) -> Definitions:
        """The definitions in force: the packaged ones, and those that the log says were adopted."""
        table = definitions.c
        return build_definitions(
            self.duck.execute(sa.select(definitions).order_by(table.indicator, table.version))
        )

    def _find_last_seq(self) -> int:
        return int(self.duck.sql("SELECT coalesce(max(seq), 0) FROM log").scalar_one())

    def _read_ledger(self) -> "_Ledger":
        """What the facts of the bookkeeping say about statements."""
        voided: Sequence[Any] = self.duck.execute(sa.select(voids.c.event_seq, voids.c.delivery)).all()
        ranges = self.duck.execute(
            sa.select(
                confirmations.c.first_seq,
                confirmations.c.last_seq,
                confirmations.c.as_of,
                confirmations.c.seq,
            )
        )
        return _Ledger(
            frozenset(seq for seq, _ in voided if seq is not None),
            frozenset(delivery for _, delivery in voided if delivery is not None),
            frozenset(Confirmation(*tuple(row)) for row in ranges),
        )

    def _find_affected(self, before: "_Ledger", after: "_Ledger", to: int) -> None:
        """Notes the things spoken of since, and those whose statements gain or lose weight."""
        changed = [(one.first, one.last) for one in before.ranges ^ after.ranges]
        changed += [(seq, seq) for seq in before.seqs ^ after.seqs]
        changed.append((self.seq + 1, to))
        self.duck.sql(
            "CREATE OR REPLACE TABLE affected AS"
            " WITH changed(first, last) AS (SELECT unnest($1::BIGINT[]), unnest($2::BIGINT[]))"
            " SELECT subject FROM log JOIN changed ON seq BETWEEN first AND last"
            " WHERE source <> 'ledger' AND seq <= $3"
            " UNION SELECT subject FROM log"
            " WHERE source <> 'ledger' AND seq <= $3 AND delivery IN (SELECT unnest($4::VARCHAR[]))",
            [first for first, _ in changed],
            [last for _, last in changed],
            to,
            sorted(before.deliveries ^ after.deliveries),
        )

    def _moves_figures(self, to: int) -> bool:
        """Whether something was told since that figures rest on; closing a month moves none."""
        statement = (
            "SELECT count(*) FROM log WHERE seq > $1 AND seq <= $2 AND NOT regexp_matches(subject, $3)"
        )
        return bool(self.duck.sql(statement, self.seq, to, CLOSING).scalar_one())

    def _project(self, facts: tuple[FactTable, ...], ledger: "_Ledger", condition: str) -> None:
        """Adds the rows of things, from the events that `said` chooses."""
        confirmed = ConfirmationRanks(ledger.ranges)
        for events in self._things(condition):
            statements = rank_statements(events, ledger.seqs, ledger.deliveries, confirmed)
            for fact, rows in project_rows(statements, facts).items():
                self.duck.insert(fact.table, ((self.center, *row) for row in rows))

    def _things(self, condition: str) -> Iterator[list[tuple[Any, ...]]]:
        """Events of whole things, some thousand at a time, in the order of subjects."""
        stream = self.duck.stream(
            "SELECT subject, slot, type, seq, as_of, delivery, data FROM log"
            f" WHERE {condition} ORDER BY subject, seq"
        )
        page: list[tuple[Any, ...]] = []
        for _, rows in groupby(stream, key=itemgetter(0)):
            page.extend((*row[:4], _parse_moment(row[4]), *row[5:]) for row in rows)
            if len(page) >= _PAGE:
                yield page
                page = []
        if page:
            yield page


@dataclass(frozen=True)
class _Ledger:
    """What the log's own bookkeeping says: statements and deliveries voided, statements confirmed."""

    seqs: frozenset[int] = frozenset()
    deliveries: frozenset[str] = frozenset()
    ranges: frozenset[Confirmation] = frozenset()


@lru_cache(maxsize=10_000)
def _parse_moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
