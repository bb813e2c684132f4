"""Builds a package from a centre's log, as of one position."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from shutil import copyfile
from typing import Any

import psycopg
import sqlalchemy as sa

from kpi.documents.media import find_suffix
from kpi.documents.shelf import file_of, find_fault, read_documents
from kpi.figures import results
from kpi.handover.package import layout
from kpi.handover.package.bag import close_bag
from kpi.handover.package.claims import COMPARED, FigureClaim, make_claim, make_claims, write_claims_table
from kpi.handover.package.commitments import add_commitments, list_tokens
from kpi.handover.package.container import pack
from kpi.handover.package.crate import describe_crate
from kpi.handover.package.definitions import describe_definitions
from kpi.handover.package.evidence_index import list_index_rows, write_deliveries_table, write_index_table
from kpi.handover.package.exclusions import (
    compare_year,
    list_appeal_sources,
    make_net_claims,
    write_exclusions_table,
)
from kpi.handover.package.keys import load_signing_key
from kpi.handover.package.layout import describe_software
from kpi.handover.package.page import render_page, write_read_me
from kpi.handover.package.papers import read_document_records, write_documents_table
from kpi.handover.package.signature import compute_fingerprint, make_statement, sign_statement
from kpi.handover.package.vintages import write_exceptions_table, write_vintages_table
from kpi.handover.workbook import write_workbook
from kpi.offline import Replay
from kpi.offline.duck import Duck, quote_id, quote_str
from kpi.offline.log_table import read_links
from tracker import chain, log
from tracker.calendar_files import PACKAGED
from tracker.centers import Center
from tracker.chain_check import follow_chain
from tracker.database import Database
from tracker.events.times import BEIJING, get_day_start
from tracker.facts import FACTS
from tracker.file_writing import WorkingFolder
from tracker.log.reading import LogHead
from tracker.log.tables import batches
from tracker.periods import Year
from tracker.settings import Settings
from tracker.vault import open_vault, read_values


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

    Raises: PackageProblem where the log is broken, or the stored figures are not what it says.
    """
    if not path.absolute().parent.is_dir():
        raise PackageProblem(f"没有文件夹 {path.absolute().parent}，证据包无处可写；请先建立它，或另选一处。")
    with database.engine.begin() as connection:
        results.bring_up_to_date(connection, center.center_id, now)
    with _open_snapshot(database) as connection, WorkingFolder() as folder:
        bag = Path(folder) / f"{center.center_id}-{year}"
        (bag / layout.FACTS).mkdir(parents=True)
        return _PackageBuilder(bag, connection, settings, center, year, now).build(path)


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
        settings: Settings,
        center: Center,
        year: int,
        now: datetime,
    ):
        self._bag, self._connection, self._settings = bag, connection, settings
        self._center, self._year, self._now = center, year, now

    @property
    def _raw(self) -> psycopg.Connection[Any]:
        raw: Any = self._connection.connection.driver_connection
        return raw  # type: ignore[no-any-return]

    def build(self, path: Path) -> BuiltPackage:
        self._connection.execute(sa.select(1))  # the snapshot is of this moment
        head = log.read_head(self._raw, self._center.center_id)
        with Replay(self._center.center_id, self._bag, threads=1) as replay:
            self._take_log(replay, head)
            moment = self._find_moment(replay)
            claims = self._list_claims(replay, moment)
            about = self._describe(head, moment)
            self._write_tables(replay)
            self._write_payload(replay, about, claims, moment)
            return self._close(path, replay, about, claims, BuiltPackage(path, head, "", len(claims), moment))

    def _take_log(self, replay: Replay, head: LogHead) -> None:
        replay.take_in(log.stream_events(self._raw, self._center.center_id, first=1, last=head.seq))
        found = follow_chain(
            read_links(replay.duck, self._center.center_id), chain.get_digest(self._center.digest)
        )
        if found.problem or (found.seq, found.hash) != (head.seq, head.hash):
            problem = found.problem or "日志的末尾与登记的末尾不符。"
            raise PackageProblem(f"事件日志没有通过核验，不能打包：{problem}请运行 hotline log verify。")
        if not head.seq:
            raise PackageProblem(f"中心 {self._center.center_id} 的日志里还没有事件，没有可打包的内容。")
        replay.advance()

    def _find_moment(self, replay: Replay) -> datetime:
        """As of when figures are told: it moves with the log, or with the days of a year that still runs."""
        last = datetime.fromisoformat(
            replay.duck.sql("SELECT recorded_at FROM log ORDER BY seq DESC LIMIT 1").scalar_one()
        )
        today = get_day_start(self._now.astimezone(BEIJING).date())
        return max(last, min(today, get_day_start(Year(self._year).end_day)))

    def _list_claims(self, replay: Replay, moment: datetime) -> list[FigureClaim]:
        """The figures as they are shown, each compared with what the log gives."""
        figures = results.read_year(self._connection, self._center.center_id, self._year)
        if not figures:
            raise PackageProblem(f"{self._center.name}没有{self._year}年的指标数字，没有可打包的内容。")
        computed = replay.figures(self._year, moment)
        for key, by_period in figures.items():
            for period, figure in by_period.items():
                if not figure.vintage:
                    claim, anew = make_claim(figure), make_claim(computed[key][period])
                    if any(claim[name] != anew[name] for name in COMPARED):
                        raise PackageProblem(
                            f"{period.label}的指标 {key} 与由事件日志重算的不一致，不能打包；"
                            "请先运行 hotline rebuild 重建事实和指标。"
                        )
        return make_claims(figures, self._year)

    def _describe(self, head: LogHead, moment: datetime) -> dict[str, Any]:
        center = self._center
        return {
            "center": {"digest": center.digest, "id": center.center_id, "name": center.name},
            "format": layout.FORMAT,
            "head": {"hash": head.hash.hex(), "seq": head.seq},
            "software": describe_software(),
            "moment": moment.astimezone(BEIJING).isoformat(),
            "year": self._year,
        }

    def _write_tables(self, replay: Replay) -> None:
        duck = replay.duck
        self._add_batches(duck)
        tokens = list_tokens(duck)
        vault = open_vault(self._settings)
        salts = {token: vault.salt(self._center.center_id, token) for token in tokens}
        add_commitments(duck, salts, read_values(self._raw, self._center.center_id, tokens))
        self._copy(duck, "log", "seq", layout.EVENTS)
        self._copy(duck, "batches", "first_seq", layout.BATCHES)
        self._copy(duck, "commitments", "token", layout.COMMITMENTS)
        for table in {fact.table for fact in FACTS}:
            key = ", ".join(quote_id(column.name) for column in table.primary_key.columns)
            self._copy(duck, table.name, key, f"{layout.FACTS}/{table.name}.parquet")

    def _add_batches(self, duck: Duck) -> None:
        rows = self._connection.execute(
            sa.select(batches.c.first_seq, batches.c.last_seq, batches.c.merkle_root)
            .where(batches.c.center_id == self._center.center_id)
            .order_by(batches.c.first_seq)
        )
        duck.sql("CREATE TABLE batches (first_seq BIGINT, last_seq BIGINT, merkle_root VARCHAR)")
        for first, last, root in rows:
            duck.sql("INSERT INTO batches VALUES ($1, $2, $3)", first, last, root.hex())

    def _copy(self, duck: Duck, table: str, order: str, name: str) -> None:
        duck.sql(
            f"COPY (SELECT * FROM {quote_id(table)} ORDER BY {order}) TO {quote_str(str(self._bag / name))}"
            " (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)"
        )

    def _write_payload(
        self, replay: Replay, about: Mapping[str, Any], claims: list[FigureClaim], moment: datetime
    ) -> None:
        bag, center = self._bag, self._center
        layout.write_json(bag / layout.ABOUT, about)
        layout.write_json(
            bag / layout.DEFINITIONS, describe_definitions(center.center_id, self._year, replay.definitions())
        )
        layout.write_json(bag / layout.FIGURES, claims)
        (bag / layout.FIGURES_TABLE).write_bytes(write_claims_table(claims))
        (bag / layout.DELIVERIES).write_bytes(write_deliveries_table(replay))
        (bag / layout.VINTAGES).write_bytes(write_vintages_table(replay, self._year))
        (bag / layout.EXCEPTIONS).write_bytes(write_exceptions_table(replay, self._year))
        (bag / layout.PAPERS).write_bytes(write_documents_table(replay))
        if list_appeal_sources(replay):
            compared = compare_year(replay, self._year, moment)
            layout.write_json(bag / layout.NET, make_net_claims(compared))
            (bag / layout.EXCLUSIONS).write_bytes(write_exclusions_table(compared))
        write_workbook(bag / layout.WORKBOOK, self._connection, center, Year(self._year), moment)
        self._copy_calendars()
        self._copy_documents(replay)

    def _copy_calendars(self) -> None:
        folder = self._bag / layout.CALENDARS
        folder.mkdir()
        for year in (self._year - 1, self._year, self._year + 1):
            for source in (self._settings.home / "calendars", PACKAGED):
                if (source / f"{year}.toml").is_file():
                    (folder / f"{year}.toml").write_bytes((source / f"{year}.toml").read_bytes())
                    break

    def _copy_documents(self, replay: Replay) -> None:
        """The files of documents that may leave, as they were attached."""
        raw, center = self._raw, self._center.center_id
        wanted = {one.document for one in read_document_records(replay) if one.enclosed}
        for document in read_documents(raw, center):
            if document.document in wanted:
                fault = find_fault(self._settings.home, document)
                if fault is not None:
                    raise PackageProblem(f"{fault.sentence}然后再打包；已无用的材料请先撤下。")
                name = f"{document.sha256}{find_suffix(document.media_type)}"
                (self._bag / layout.DOCUMENTS).mkdir(exist_ok=True)
                copyfile(file_of(self._settings.home, document), self._bag / layout.DOCUMENTS / name)

    def _close(
        self,
        path: Path,
        replay: Replay,
        about: Mapping[str, Any],
        claims: list[FigureClaim],
        built: BuiltPackage,
    ) -> BuiltPackage:
        bag, key = self._bag, load_signing_key(self._settings, self._center.center_id)
        named = compute_fingerprint(key.public_key().public_bytes_raw())
        evidence = list_index_rows(bag, replay, about, len(claims))
        (bag / layout.EVIDENCE).write_bytes(write_index_table(evidence))
        layout.write_json(bag / layout.CRATE, describe_crate(bag, about))
        (bag / layout.PAGE).write_bytes(render_page(about, named, claims, evidence, replay))
        (bag / layout.READ_ME).write_bytes(write_read_me(about, named))
        close_bag(
            bag,
            {
                "Source-Organization": self._center.name,
                "External-Identifier": f"{self._center.center_id}-{self._year}-{about['head']['seq']}",
                "Bagging-Date": about["moment"][:10],
            },
        )
        layout.write_json(bag / layout.SIGNATURE, sign_statement(key, make_statement(bag, about)))
        pack(bag, path)
        return BuiltPackage(path, built.head, named, built.figures, built.moment)
