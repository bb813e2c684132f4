"""What people did at the demo's centres: months locked, one corrected, papers on file, a file that asks.

All of it by the product's own acts, signed by two of the demo's people, once; the same days give the same.
"""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from ingest.forms.daily import COUNTS
from ingest.forms.entering import enter_form
from ingest.importing.import_file import import_file
from ingest.questions.held_deliveries import held_deliveries
from kpi.closing.acts import approve_sources, complete_sources, submit_sources
from kpi.closing.corrections import approve_correction, propose_correction
from kpi.closing.exemptions import open_exemption, request_exemption
from kpi.closing.locking import lock_month, request_lock
from kpi.documents.attaching import attach
from kpi.evaluation.attesting import Attested, attest, count_manual_points
from kpi.evaluation.scheme import Scheme
from kpi.evaluation.scheme_files import find_scheme, read_scheme
from tracker.database import Database
from tracker.facts.closing import seals, source_states
from tracker.facts.documents import documents
from tracker.facts.payments import payments
from tracker.file_writing import WorkingFolder
from tracker.periods import Month
from tracker.settings import Settings
from tracker.signatures import format_signature
from tracker.vault import open_vault, use_vault
from web.access.demo_people import PEOPLE
from web.access.rights import Role

_NAMES = {role: format_signature(name, login) for login, name, role, _ in PEOPLE}
MANAGER, APPROVER, CLERK = _NAMES[Role.MANAGER], _NAMES[Role.APPROVER], _NAMES[Role.CLERK]
_EXPLAINED = "已向平台供应商核实，所列情况属实，不影响本月统计"
_ATTESTED = ("A101", "A202")
_PAPERS = ("contract", "invoice", "voucher")


@dataclass(frozen=True)
class SampleStates:
    """What was done at a centre, from the first month drawn on."""

    locked: int = 0  # months that two people locked; the first of them was corrected afterwards
    waiting: bool = False  # whether the last month is before the approver
    asking: bool = False  # whether a file waits for an answer


NOTHING = SampleStates()


@dataclass(frozen=True)
class _Acting:
    """A centre on which people act."""

    database: Database
    settings: Settings
    center: str
    now: datetime


def bring_what_counts(
    database: Database, settings: Settings, center: str, wanted: SampleStates, months: Sequence[Month],
    folder: Path, scheme: str, now: datetime,
) -> None:  # fmt: skip
    """Papers, attested values, a file that asks: what figures depend on, before they are computed.

    `folder` holds the files of the `months` drawn.
    """
    here = _Acting(database, settings, center, now)
    locked = _choose_locked(wanted, months)
    if locked and not _has_papers(here):
        use_vault(database, open_vault(settings))
        _put_on_file(here, locked)
        _attest(here, read_scheme(find_scheme(scheme, None)), months[0].year)
    if wanted.asking and not _has_asked(here):
        _bring_again(here, folder, months[-1])


def bring_to_states(
    database: Database, settings: Settings, center: str, wanted: SampleStates, months: Sequence[Month],
    now: datetime,
) -> None:  # fmt: skip
    """Locks, corrects and submits what was not before; `months` are those drawn."""
    here = _Acting(database, settings, center, now)
    locked = _choose_locked(wanted, months)
    if locked and not _is_told(here, seals, locked[0]):
        for month in locked:
            _lock(here, month)
        _correct(here, locked[0])
    if wanted.waiting and not _is_told(here, source_states, months[-1]):
        _submit(here, months[-1])


def _choose_locked(wanted: SampleStates, months: Sequence[Month]) -> Sequence[Month]:
    """The first months, but never the last one drawn."""
    return months[: min(wanted.locked, len(months) - 1)]


def _has_papers(here: _Acting) -> bool:
    found = sa.exists().where(documents.c.center_id == here.center)
    with here.database.engine.connect() as connection:
        return bool(connection.scalar(sa.select(found)))


def _is_told(here: _Acting, table: sa.Table, month: Month) -> bool:
    """Whether a table of closing has something of a month."""
    found = sa.exists().where(table.c.center_id == here.center, table.c.month == str(month))
    with here.database.engine.connect() as connection:
        return bool(connection.scalar(sa.select(found)))


def _has_asked(here: _Acting) -> bool:
    found = sa.exists().where(held_deliveries.c.center_id == here.center)
    with here.database.engine.connect() as connection:
        return bool(connection.scalar(sa.select(found)))


def _act(here: _Acting, *acts: Callable[[sa.Connection], object]) -> None:
    """All of them, one after the other, in one transaction."""
    with here.database.engine.begin() as connection:
        for act in acts:
            act(connection)


def _lock(here: _Acting, month: Month) -> None:
    code, now = here.center, here.now
    _act(
        here,
        lambda it: complete_sources(it, code, month, None, by=CLERK, now=now),
        lambda it: submit_sources(it, code, month, None, by=MANAGER, now=now, acknowledged=_EXPLAINED),
        lambda it: approve_sources(it, code, month, None, by=APPROVER, now=now),
        lambda it: request_lock(it, code, month, by=MANAGER, now=now),
        lambda it: lock_month(it, code, month, by=APPROVER, now=now),
    )


def _correct(here: _Acting, month: Month) -> None:
    """A day's numbers had been miscounted: entered anew, and the locked month corrected by two people."""
    code, now, until = here.center, here.now, here.now + timedelta(days=7)
    day = month.first_day.replace(day=15)
    values = {"counted_on": day.isoformat(), "messages": "260", "cases": "19", "visits": "4"}
    with here.database.connect() as connection:
        enter_form(
            connection, here.settings.home, code, COUNTS, values, by=CLERK, now=now,
            vault=open_vault(here.settings),
        )  # fmt: skip
    why = f"{month.month}月15日的业务日报漏计一个窗口，已按原始登记更正"
    _act(
        here,
        lambda it: request_exemption(it, code, month, by=MANAGER, reason=why, expires_at=until, now=now),
        lambda it: open_exemption(it, code, month, by=APPROVER, now=now, number=1),
        lambda it: propose_correction(it, code, month, by=MANAGER, reason=why, now=now),
        lambda it: approve_correction(it, code, month, by=APPROVER, now=now),
    )


def _put_on_file(here: _Acting, months: Sequence[Month]) -> None:
    """The stamped papers of each month, and those of what was due in the first one."""
    wanted = [(f"month/{month}", kind) for month in months for kind in ("attendance", "roster")]
    wanted += [(about, kind) for about in _list_due(here, months[0])[:1] for kind in _PAPERS]
    with WorkingFolder() as own, here.database.connect() as connection:
        for about, kind in wanted:
            attach(
                connection, here.settings.home, here.center, _write_paper(own, f"{kind} {about}"), to=about,
                kind=kind, by=CLERK, limit=here.settings.document_limit, now=here.now,
            )  # fmt: skip


def _list_due(here: _Acting, month: Month) -> list[str]:
    one = payments.c
    in_month = sa.and_(one.due_on >= month.first_day, one.due_on < month.end_day)
    rows = sa.select(one.subject).where(one.center_id == here.center, in_month).order_by(one.subject)
    with here.database.engine.connect() as connection:
        return list(connection.scalars(rows))


def _write_paper(folder: Path, about: str) -> Path:
    """A sheet that says what it stands for; no two are alike."""
    path = folder / "sheet.txt"
    path.write_text(f"示例材料，不是真实文件。\n{about}\n", encoding="utf-8")
    return path


def _attest(here: _Acting, scheme: Scheme, year: int) -> None:
    """Says of some items what no file contains, each with its paper."""
    by_code = {item.code: item for item in scheme.items}
    with WorkingFolder() as own, here.database.connect() as connection:
        for code in _ATTESTED:
            paper = _write_paper(own, f"{by_code[code].title} {year}")
            answers = ",".join(["是"] * count_manual_points(by_code[code]))
            attest(
                connection, here.settings.home, here.center, scheme, year,
                [Attested(code, answers, files=(paper,))], by=MANAGER, now=here.now,
                limit=here.settings.document_limit,
            )  # fmt: skip


def _submit(here: _Acting, month: Month) -> None:
    """Completed and submitted; approving is left to whoever looks at the demo."""
    code, now = here.center, here.now
    _act(
        here,
        lambda it: complete_sources(it, code, month, None, by=CLERK, now=now),
        lambda it: submit_sources(it, code, month, None, by=MANAGER, now=now, acknowledged=_EXPLAINED),
    )


def _bring_again(here: _Acting, folder: Path, month: Month) -> None:
    """The month's calls once more, as a platform exports them after its numbers began anew: it asks."""
    source = next(folder.glob(f"话单_{month}*.csv"), None)
    if source is None:
        return
    with WorkingFolder() as own:
        path = own / f"话单_{month}_重新导出.csv"
        _move_days(source, path)
        import_file(
            here.database, here.settings.home, path, here.center, now=here.now,
            vault=open_vault(here.settings),
        )  # fmt: skip


def _move_days(source: Path, path: Path) -> None:
    """A copy whose calls stand two days later."""
    with source.open(encoding="gb18030", newline="") as file:
        header, *rows = csv.reader(file)
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows([header, *_list_moved(rows)])


def _list_moved(rows: Sequence[Sequence[str]]) -> Iterator[list[str]]:
    for row in rows[:40]:
        yield [_move(cell) for cell in row]


def _move(cell: str) -> str:
    try:
        return str(datetime.fromisoformat(cell) + timedelta(days=2)) if len(cell) > 10 else cell
    except ValueError:
        return cell
