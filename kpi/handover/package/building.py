"""Builds a package from a centre's log, as of one position."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa

from kpi.documents.shelf import find_fault, find_store, read_documents
from kpi.figures import results
from kpi.figures.figure import Figure
from kpi.handover.package import layout
from kpi.handover.package.binding import (
    Binding,
    batches,
    digest_batches,
    digest_calendars,
    digest_commitments,
    is_still_bound,
    read_binding,
)
from kpi.handover.package.claims import COMPARED, FigureClaim, make_claims
from kpi.handover.package.commitments import add_commitments, list_tokens
from kpi.handover.package.container import pack
from kpi.handover.package.contents import describe_package, write_contents
from kpi.handover.package.keys import load_signing_key
from kpi.handover.package.papers import read_document_records
from kpi.handover.package.signature import compute_fingerprint, make_statement, sign_statement
from kpi.handover.package.year_figures import YearFigures, compute_year_figures
from kpi.offline import Replay
from kpi.offline.duck import Duck
from kpi.offline.log_table import add_events, read_links
from tracker import chain, log
from tracker.calendar_files import PACKAGED
from tracker.centers import Center
from tracker.chain_check import follow_chain
from tracker.database import Database, get_driver
from tracker.events.packages import PackagePrepared
from tracker.events.times import BEIJING
from tracker.file_writing import WorkingFolder
from tracker.log.reading import LogHead
from tracker.log.tables import batches as log_batches
from tracker.periods import Period
from tracker.settings import Settings
from tracker.stored_event import Recorded
from tracker.vault import open_vault

_TRIES = 3  # what is recorded while the log is read makes a further one necessary
_COMPARED = (*COMPARED, "vintage", "code")


class PackageProblem(ValueError):
    """证据包不能生成，原因见说明。"""


@dataclass(frozen=True)
class BuiltPackage:
    """A finished package."""

    path: Path
    head: LogHead
    fingerprint: str
    figures: int
    moment: datetime


def build_package(
    path: Path, database: Database, settings: Settings, center: Center, year: int, now: datetime
) -> BuiltPackage:
    """Writes the package of a centre's year; the same log position gives the same bytes.

    The log ends with the event that binds what does not follow from it; it is appended where it is not there.
    Raises: PackageProblem where the log is broken, or the stored figures are not what it says.
    """
    if not path.absolute().parent.is_dir():
        raise PackageProblem(f"没有文件夹 {path.absolute().parent}，证据包无处可写；请先建立它，或另选一处。")
    with database.engine.begin() as connection:
        results.bring_up_to_date(connection, center.center_id, now)
    for _ in range(_TRIES):
        with _open_snapshot(database) as connection, WorkingFolder() as folder:
            bag = folder / f"{center.center_id}-{year}"
            (bag / layout.FACTS).mkdir(parents=True)
            built = _PackageBuilder(bag, connection, database, settings, center, year, now).build(path)
            if built is not None:
                return built
    raise PackageProblem("打包期间一直有新的记录写入日志，没有打成；请等正在进行的导入结束后再打包。")


@contextmanager
def _open_snapshot(database: Database) -> Iterator[sa.Connection]:
    """Everything read is of one moment, whatever is appended meanwhile."""
    with database.engine.connect() as connection:
        yield connection.execution_options(isolation_level="REPEATABLE READ")


class _PackageBuilder:
    """A package being made in a folder."""

    def __init__(
        self,
        bag: Path,
        connection: sa.Connection,
        database: Database,
        settings: Settings,
        center: Center,
        year: int,
        now: datetime,
    ):
        self._bag, self._connection, self._database, self._settings = bag, connection, database, settings
        self._center, self._year, self._now = center, year, now

    @property
    def _raw(self) -> psycopg.Connection[Any]:
        raw: Any = self._connection.connection.driver_connection
        return raw  # type: ignore[no-any-return]

    def build(self, path: Path) -> BuiltPackage | None:
        """None where the log went on while it was read."""
        self._connection.execute(sa.select(1))  # the snapshot is of this moment
        head = log.read_head(self._raw, self._center.center_id)
        with Replay(self._center.center_id, self._bag, threads=1) as replay:
            self._take_log(replay, head)
            self._check_stored()
            self._copy_calendars()
            self._add_batches(replay.duck)
            self._add_commitments(replay.duck)
            binding = self._bind(replay, head)
            if binding is None:
                return None
            replay.advance()
            figures = self._compute_figures(replay, binding)
            self._copy_documents(replay)
            write_contents(self._bag, replay, binding, self._center.digest, figures)
            return self._sign(path, binding, len(figures.claims))

    def _take_log(self, replay: Replay, head: LogHead) -> None:
        replay.take_in(log.stream_events(self._raw, self._center.center_id, first=1, last=head.seq))
        found = follow_chain(
            read_links(replay.duck, self._center.center_id), chain.get_digest(self._center.digest)
        )
        if found.problem or (found.seq, found.hash) != (head.seq, head.hash):
            problem = found.problem or "日志的末尾与登记的末尾不符。"
            raise PackageProblem(
                f"数据日志没有通过核验，不能打包：{problem}请系统管理员在服务器上运行 hotline log verify。"
            )
        if not head.seq:
            raise PackageProblem(f"中心 {self._center.center_id} 的日志里还没有事件，没有可打包的内容。")

    def _check_stored(self) -> None:
        if not self._read_stored():
            raise PackageProblem(f"{self._center.name}没有{self._year}年的指标数字，没有可打包的内容。")

    def _read_stored(self) -> dict[str, dict[Period, Figure]]:
        return results.read_year(self._connection, self._center.center_id, self._year)

    def _add_batches(self, duck: Duck) -> None:
        rows = self._connection.execute(
            sa.select(log_batches.c.first_seq, log_batches.c.last_seq, log_batches.c.merkle_root)
            .where(log_batches.c.center_id == self._center.center_id)
            .order_by(log_batches.c.first_seq)
        )
        duck.create(batches)
        duck.insert(batches, ((first, last, root.hex()) for first, last, root in rows))

    def _add_commitments(self, duck: Duck) -> None:
        tokens = list_tokens(duck)
        vault, center = open_vault(self._settings), self._center.center_id
        salt = vault.of(self._raw, center).salt if tokens else None
        salts = {token: salt(token) for token in tokens} if salt else {}
        add_commitments(duck, salts, vault.read_values(self._raw, center, tokens))

    def _copy_calendars(self) -> None:
        folder = self._bag / layout.CALENDARS
        folder.mkdir()
        for year in (self._year - 1, self._year, self._year + 1):
            for source in (self._settings.home / "calendars", PACKAGED):
                if (source / f"{year}.toml").is_file():
                    (folder / f"{year}.toml").write_bytes((source / f"{year}.toml").read_bytes())
                    break

    def _bind(self, replay: Replay, head: LogHead) -> Binding | None:
        """The log's last event where it still holds, else one appended; None where the log went on."""
        binding = read_binding(replay.duck)
        wanted = self._prepare(replay.duck, head.seq + 1 if binding is None else binding.seq)
        if is_still_bound(binding, wanted):
            return binding
        appended = self._append(replace(wanted, batches=digest_batches(replay.duck, head.seq + 1)), head)
        if appended is None:
            return None
        add_events(replay.duck, [appended])
        root = chain.compute_merkle_root([appended.hash], chain.get_digest(self._center.digest))
        replay.duck.insert(batches, [(appended.seq, appended.seq, root.hex())])
        return read_binding(replay.duck)

    def _prepare(self, duck: Duck, end: int) -> PackagePrepared:
        """What the event says; `end` is its number."""
        last = duck.sql("SELECT max(recorded_at) FROM log").scalar_one()
        key = load_signing_key(self._settings, self._center.center_id)
        return PackagePrepared(
            year=self._year,
            center_name=self._center.name,
            fingerprint=compute_fingerprint(key.public_key().public_bytes_raw()),
            commitments=digest_commitments(duck),
            batches=digest_batches(duck, end),
            calendars=digest_calendars(self._bag / layout.CALENDARS),
            prepared_at=max(self._now.astimezone(BEIJING), datetime.fromisoformat(last)),
        )

    def _append(self, event: PackagePrepared, head: LogHead) -> Recorded | None:
        """The event as it stands in the log, if nothing was appended since `head`."""
        center, at = self._center.center_id, event.prepared_at
        with self._database.engine.begin() as connection:
            raw = get_driver(connection)
            with log.appending(raw, center, delivery=None, as_of=at, recorded_at=at) as appending:
                if appending.seq != head.seq:
                    return None
                appending.add([(event, None)])
            results.bring_up_to_date(connection, center, self._now)
            return log.read_event(raw, center, head.seq + 1)

    def _compute_figures(self, replay: Replay, binding: Binding) -> YearFigures:
        """From the log, each compared with what is stored and shown."""
        figures = compute_year_figures(replay, self._year, binding.moment)
        computed = {_get_key(claim): claim for claim in figures.claims}
        stored = {_get_key(claim): claim for claim in make_claims(self._read_stored(), self._year)}
        for indicator, period in sorted(computed.keys() | stored.keys()):
            one, other = computed.get((indicator, period)), stored.get((indicator, period))
            if one is None or other is None or any(one[name] != other[name] for name in _COMPARED):
                raise PackageProblem(
                    f"{period} 的指标 {indicator} 与由数据日志重算的不一致，不能打包；"
                    "请系统管理员在服务器上运行 hotline rebuild，重建事实和指标。"
                )
        return figures

    def _copy_documents(self, replay: Replay) -> None:
        """The files of documents that may leave, as they were attached."""
        raw, center = self._raw, self._center.center_id
        wanted = {one.document: one.file_name for one in read_document_records(replay) if one.enclosed}
        store = find_store(raw, self._settings.home, center)
        for document in read_documents(raw, center):
            if document.document in wanted:
                fault = find_fault(store, document)
                if fault is not None:
                    raise PackageProblem(f"{fault.sentence}然后再打包；已无用的材料请先撤销。")
                (self._bag / layout.DOCUMENTS).mkdir(exist_ok=True)
                target = self._bag / layout.DOCUMENTS / wanted[document.document]
                store.copy_out(document.sha256, target)

    def _sign(self, path: Path, binding: Binding, figures: int) -> BuiltPackage:
        bag, key = self._bag, load_signing_key(self._settings, self._center.center_id)
        about = describe_package(self._center.center_id, self._center.digest, binding)
        layout.write_json(bag / layout.SIGNATURE, sign_statement(key, make_statement(bag, about)))
        pack(bag, path)
        head = LogHead(binding.seq, bytes.fromhex(binding.hash))
        return BuiltPackage(path, head, binding.prepared.fingerprint, figures, binding.moment)


def _get_key(claim: FigureClaim) -> tuple[str, str]:
    return claim["indicator"], claim["period"]
