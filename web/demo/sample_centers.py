"""The demo's centres: a sample year drawn, imported and computed, as far as that was not done before."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import click
import sqlalchemy as sa

from ingest.forms.declarations import DECLARATION, TITLES
from ingest.forms.entering import enter_form
from ingest.importing.file_paths import list_files
from ingest.importing.import_file import FileRefused, import_file
from ingest.records.declarations import read_declarations
from ingest.records.zero_reports import sign_nothing
from kpi.evaluation.rehearsal.stored_rehearsal import choose_scheme, find_chosen_scheme
from kpi.figures import results
from tracker import centers
from tracker.database import Database, execute, get_driver
from tracker.events.times import get_day
from tracker.facts.deliveries import covered_days, deliveries
from tracker.periods import Month
from tracker.settings import Settings
from tracker.vault import open_vault
from web.demo.sample import draw_year
from web.demo.sample_states import NOTHING, SampleStates, bring_to_states, bring_what_counts


@dataclass(frozen=True)
class SampleCenter:
    """A centre of the demo, and what it fails to deliver."""

    code: str
    name: str
    calls_per_day: int
    withheld: tuple[str, ...] = ()  # parts of names of files that it never delivers
    behind: int = 0  # months that it is late
    states: SampleStates = NOTHING  # what people did there


CENTERS = (
    SampleCenter("city", "示例市12345热线", 110, states=SampleStates(locked=2)),
    SampleCenter("county", "示例县12345热线", 45, withheld=("平台巡检", "补报")),
    SampleCenter("district", "示例区12345热线", 25, behind=1, states=SampleStates(waiting=True, asking=True)),
)
SCHEME = "turpan-2022"  # that their years are held against
_SIGNED_BY = "演示·李填报"
_CHOSEN_BY = "演示·王管理"
_LABOUR = {"劳务费": "是", "办公费": "否", "邮电费": "否"}


def find_last_month(today: date) -> Month:
    """The month up to which the demo is drawn; in January the whole of last year."""
    return Month.of(today).previous


def prepare(database: Database, settings: Settings, now: datetime) -> int:
    """Brings the demo's database to what it should hold today; gives the number of files imported."""
    imported = 0
    for sample in CENTERS:
        _open_center(database, sample, now)
        folder = _draw_folder(settings.home / "samples", sample, find_last_month(get_day(now)))
        imported += _import(database, settings, sample, folder, now)
        _say_what_is_labour(database, settings, sample, now)
        _sign_before(database, sample, Month(find_last_month(get_day(now)).year, 1), now)
        months = _list_drawn(sample, get_day(now))
        bring_what_counts(database, settings, sample.code, sample.states, months, folder, SCHEME, now)
        with database.engine.begin() as connection:
            if results.bring_up_to_date(connection, sample.code, now):
                click.echo(f"  {sample.name}：指标已算好")
            _choose_scheme(connection, sample, now)
        bring_to_states(database, settings, sample.code, sample.states, months, now)
        with database.engine.begin() as connection:
            results.bring_up_to_date(connection, sample.code, now)  # of what was just signed
    return imported


def _sign_before(database: Database, sample: SampleCenter, first: Month, now: datetime) -> None:
    """Says once that no order was accepted before the first month drawn: the hotline opened with it."""
    before = first.previous
    day = covered_days.c
    signed = sa.select(day.seq).where(
        day.center_id == sample.code, day.source == "work_orders", day.day == before.first_day
    )
    with database.connect() as connection:
        if execute(connection, signed).fetchone() is None:
            sign_nothing(
                connection, sample.code, "work_orders", before.first_day, before.end_day,
                by=_SIGNED_BY, remark=f"{first.label}1日开通", now=now,
            )  # fmt: skip


def _say_what_is_labour(database: Database, settings: Settings, sample: SampleCenter, now: datetime) -> None:
    """Of each item that a sample year pays for, whether it is labour; said once."""
    vault = open_vault(settings)
    with database.connect() as connection:
        declared = {one.topic for one in read_declarations(connection, sample.code) if one.said}
        for item, holds in _LABOUR.items() if "labour" not in declared else ():
            values = {"topic": TITLES["labour"], "known_as": item, "holds": holds}
            enter_form(
                connection,
                settings.home,
                sample.code,
                DECLARATION,
                values,
                by=_CHOSEN_BY,
                now=now,
                vault=vault,
            )


def _choose_scheme(connection: sa.Connection, sample: SampleCenter, now: datetime) -> None:
    """Holds this year against a packaged scheme, so that the overview has points at risk."""
    if find_chosen_scheme(connection, sample.code, get_day(now).year) is None:
        choose_scheme(
            get_driver(connection), None, sample.code, get_day(now).year, SCHEME, by=_CHOSEN_BY, now=now
        )


def _open_center(database: Database, sample: SampleCenter, now: datetime) -> None:
    with database.connect() as connection:
        if sample.code not in {one.center_id for one in centers.list_known_centers(connection)}:
            centers.create_center(connection, sample.code, sample.name, now=now)


def _draw_folder(samples: Path, sample: SampleCenter, through: Month) -> Path:
    """The folder of the centre's files up to a month; a drawing that was cut off is made anew."""
    last = _go_back_months(through, sample.behind)
    out = samples / str(last)
    folder = out / sample.code
    if not folder.exists():
        click.echo(f"  {sample.name}：正在生成 {last.year} 年 1 月至 {last.month} 月的示例文件……")
        drawn = draw_year(
            _empty_folder(out / "unfinished"),
            center=sample.code,
            year=last.year,
            through=last.month,
            calls_per_day=sample.calls_per_day,
        )
        drawn.rename(folder)
    return folder


def _go_back_months(month: Month, count: int) -> Month:
    """So many months earlier, but not before January."""
    return Month(month.year, max(1, month.month - count))


def _list_drawn(sample: SampleCenter, today: date) -> list[Month]:
    """The months of which a centre has files, January first."""
    last = _go_back_months(find_last_month(today), sample.behind)
    return [Month(last.year, number) for number in range(1, last.month + 1)]


def _empty_folder(folder: Path) -> Path:
    for path in sorted(folder.rglob("*"), reverse=True) if folder.exists() else ():
        path.rmdir() if path.is_dir() else path.unlink()
    return folder


def _import(database: Database, settings: Settings, sample: SampleCenter, folder: Path, now: datetime) -> int:
    """Imports what is new; gives the number of files. A year's first months have some files without rows."""
    missing = _list_not_imported(database, sample, _list_deliveries(folder, sample))
    if not missing:
        return 0
    vault, imported = open_vault(settings), 0
    with click.progressbar(
        missing, label=f"  {sample.name}：正在导入", item_show_func=lambda path: path.name if path else ""
    ) as paths:
        for path in paths:
            with suppress(FileRefused):
                import_file(database, settings.home, path, sample.code, now=now, vault=vault)
                imported += 1
    return imported


def _list_deliveries(folder: Path, sample: SampleCenter) -> Iterator[Path]:
    paths, _ = list_files([str(folder)])
    return (path for path in paths if not any(part in path.name for part in sample.withheld))


def _list_not_imported(database: Database, sample: SampleCenter, paths: Iterable[Path]) -> list[Path]:
    """The files whose bytes were never delivered."""
    with database.connect() as connection:
        came = sa.select(deliveries.c.sha256).where(deliveries.c.center_id == sample.code)
        hashes = {sha256 for (sha256,) in execute(connection, came)}
    return [path for path in paths if hashlib.sha256(path.read_bytes()).hexdigest() not in hashes]
