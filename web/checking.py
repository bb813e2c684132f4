"""`hotline check`: goes through everything that must last, and says what is missing or damaged.

Nothing is repaired or deleted: where the database was restored from an older backup, a file that nobody names
is the only copy of a delivery.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import psycopg

from kpi.documents import shelf
from kpi.handover.package.keys import KeyProblem, find_fingerprint
from tracker import centers, log
from tracker.blob_store import DELIVERIES, DOCUMENTS, Damage, FileStore
from tracker.database import Database, open_database
from tracker.events.times import BEIJING
from tracker.settings import Settings
from tracker.vault import VaultProblem, open_vault
from tracker.vault_keys import KeyFileProblem, locate_key_file
from web.access import trail

_DELIVERIES = """
    SELECT sha256, min(file_name), bool_or(of_log) FROM (
        SELECT sha256, file_name, true AS of_log FROM deliveries WHERE center_id = %(center)s
        UNION ALL
        SELECT sha256, file_name, false FROM held_deliveries
        WHERE center_id = %(center)s AND answered_at IS NULL
        UNION ALL
        SELECT sha256, '接口收到的事件', false FROM received_events WHERE center_id = %(center)s
    ) AS named GROUP BY sha256 ORDER BY 2, 1
"""
_NAMED = """
    SELECT center_id, sha256 FROM deliveries UNION SELECT center_id, sha256 FROM held_deliveries
    UNION SELECT center_id, sha256 FROM received_events
"""
_ONE_OF_EACH = """
    SELECT DISTINCT ON (kind) token FROM people
    WHERE center_id = %s AND value IS NOT NULL ORDER BY kind, token
"""
_MOST_LISTED = 20
_RESTORE = "请从备份恢复，或重新导入同一份文件"


@dataclass
class CheckReport:
    """What was looked at, in sentences; the faults among them."""

    lines: list[str] = field(default_factory=list)
    faults: int = 0

    def add(self, sentence: str) -> None:
        self.lines.append(sentence)

    def add_fault(self, sentence: str) -> None:
        self.faults += 1
        self.lines.append(f"✗ {sentence}")


@click.command("check")
@click.option("--center", metavar="编号", help="只检查这个中心；不指明则全部检查。")
def check(center: str | None) -> None:
    """检查日志链、来源文件、佐证材料和密钥：缺什么、坏在哪里、怎么办。

    只读不改。退出码：0 全部完好，1 有缺失或损坏。
    """
    settings = Settings.read()
    database = open_database(settings)
    report = check_instance(database, settings, datetime.now(BEIJING), center)
    database.close()
    click.echo("\n".join(report.lines))
    if report.faults:
        raise SystemExit(1)


def check_instance(
    database: Database, settings: Settings, now: datetime, center: str | None = None
) -> CheckReport:
    """Everything of one centre or of all, and what they share. Raises: CenterProblem."""
    report = CheckReport()
    with database.connect() as connection:
        known = centers.list_known_centers(connection)
        chosen = [centers.find_center(connection, center)] if center else known
        for one in chosen:
            report.add(f"【{one.name}（{one.center_id}）】")
            _check_log(report, connection, one.center_id)
            _note_clock(report, connection, one.center_id, now)
            if _check_keys(report, connection, settings, one.center_id):
                _check_deliveries(report, connection, settings, one.center_id)
                _check_documents(report, connection, settings, one.center_id)
        report.add("【整个系统】")
        _check_trail(report, connection)
        _note_unnamed(report, connection, settings.home)
    report.add(f"共发现 {report.faults} 处缺失或损坏。" if report.faults else "全部完好。")
    return report


def _check_log(report: CheckReport, connection: psycopg.Connection[Any], center: str) -> None:
    found = log.verify(connection, center)
    if found.problem is not None:
        report.add_fault(f"日志链：{found.problem}请从备份恢复数据库。")
    else:
        report.add(f"日志链：{found.checked:,} 条事件逐条相符。")


def _note_clock(report: CheckReport, connection: psycopg.Connection[Any], center: str, now: datetime) -> None:
    """A clock that was ahead once is no fault of the log: times of recording wait until it has come up."""
    last = log.read_last_recorded(connection, center)
    if last is not None and last - now > log.CLOCK_STEP:
        recorded = f"{last.astimezone(BEIJING):%Y-%m-%d %H:%M}"
        report.add(
            f"提示：本机时钟（{now:%Y-%m-%d %H:%M}）比日志最后一次记录的时间（{recorded}）早："
            "以前或现在的时钟不准，请先校准。其间的记录时间均记作后者，先后以日志的编号为准。"
        )


def _check_deliveries(
    report: CheckReport, connection: psycopg.Connection[Any], settings: Settings, center: str
) -> None:
    named = connection.execute(_DELIVERIES, {"center": center}).fetchall()
    store = _open_store(connection, settings, DELIVERIES, center)
    faults = 0
    for sha256, name, of_log in named:
        damage = store.find_damage(sha256)
        if damage is not None:
            faults += 1
            report.add_fault(_word_delivery(damage, name, f"{center}/{sha256[:2]}/{sha256}", of_log=of_log))
    report.add(_word_count("来源文件", len(named), faults))


def _word_delivery(damage: Damage, name: str, place: str, *, of_log: bool) -> str:
    what = {Damage.MISSING: "不在存放处", Damage.ALTERED: f"与登记的哈希值不符，{damage.value}"}.get(
        damage, damage.value
    )
    where = "" if of_log else "（还没有导入完）"
    return f"来源文件“{name}”{where}{what}：deliveries/{place}；{_RESTORE}。"


def _check_documents(
    report: CheckReport, connection: psycopg.Connection[Any], settings: Settings, center: str
) -> None:
    stored = shelf.read_documents(connection, center, with_withdrawn=True)
    store = _open_store(connection, settings, DOCUMENTS, center)
    faults = shelf.check_documents(store, stored)
    for fault in faults:
        report.add_fault(fault.sentence)
    report.add(_word_count("佐证材料", len(stored), len(faults)))


def _word_count(what: str, number: int, faults: int) -> str:
    if not number:
        return f"{what}：没有。"
    return f"{what}：{number:,} 份，" + (f"其中 {faults:,} 份缺失或损坏。" if faults else "全部完好。")


def _check_keys(
    report: CheckReport, connection: psycopg.Connection[Any], settings: Settings, center: str
) -> bool:
    """Whether the vault, and with it the centre's files, can be opened."""
    vault_problems = [*_find_vault_problems(connection, settings, center)]
    problems = [*vault_problems, *_find_signing_problems(settings, center)]
    for problem in problems:
        report.add_fault(problem)
    if not problems:
        report.add("密钥：可用。")
    if vault_problems:
        report.add("来源文件、佐证材料：没有密钥解不开，没有核对。")
    return not vault_problems


def _find_vault_problems(
    connection: psycopg.Connection[Any], settings: Settings, center: str
) -> Iterator[str]:
    """A vault's key that is lost would be made anew in silence, and know nobody."""
    if not _has_data_key(connection, center):
        return
    people = connection.execute(_ONE_OF_EACH, (center,)).fetchall()
    path = locate_key_file(settings.home)
    if not settings.vault_keys and not path.exists():
        yield f"个人信息密钥文件 {path} 不在；请从备份恢复，否则号码、姓名和存放的文件都解不开。"
        return
    try:
        vault = open_vault(settings)
        vault.find(connection, center)
        vault.read_values(connection, center, [token for (token,) in people])
    except (VaultProblem, KeyFileProblem, OSError) as problem:
        yield str(problem)


def _has_data_key(connection: psycopg.Connection[Any], center: str) -> bool:
    return bool(connection.execute("SELECT FROM data_keys WHERE center_id = %s", (center,)).fetchall())


def _open_store(connection: psycopg.Connection[Any], settings: Settings, sort: str, center: str) -> FileStore:
    """A centre's files; no key is made that is not there."""
    known = _has_data_key(connection, center)
    vault = open_vault(settings).find(connection, center) if known else None
    return FileStore(settings.home, sort, center, vault)


def _find_signing_problems(settings: Settings, center: str) -> Iterator[str]:
    try:
        find_fingerprint(settings, center)
    except (KeyProblem, OSError) as problem:
        yield str(problem)


def _check_trail(report: CheckReport, connection: psycopg.Connection[Any]) -> None:
    found = trail.verify_trail(connection)
    if found.problem is not None:
        report.add_fault(f"审计日志：{found.problem}请从备份恢复数据库。")
    else:
        report.add(f"审计日志：{found.checked:,} 条逐条相符。")


def _note_unnamed(report: CheckReport, connection: psycopg.Connection[Any], home: Path) -> None:
    """Files that nobody names are no fault: an import that was killed leaves them."""
    named = {(center, sha256) for center, sha256 in connection.execute(_NAMED)}
    unnamed = sorted(path for path in (home / DELIVERIES).glob("*/??/*") if _is_unnamed(path, named))
    if not unnamed:
        return
    report.add(
        f"提示：deliveries 里有 {len(unnamed):,} 份文件没有任何导入记录，可能是导入中途停止留下的；"
        "如果数据库是从较早的备份恢复的，它们就是其后的原件，请重新导入，不要删除。"
    )
    listed = [f"  {path.relative_to(home).as_posix()}" for path in unnamed[:_MOST_LISTED]]
    report.lines += listed + ([f"  等 {len(unnamed):,} 份"] if len(unnamed) > _MOST_LISTED else [])


def _is_unnamed(path: Path, named: set[tuple[str, str]]) -> bool:
    return (path.parent.parent.name, path.name) not in named and not path.name.startswith(".")
