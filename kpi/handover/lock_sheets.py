"""The workbook's sheets of locked months and lock exceptions."""

from datetime import datetime

import sqlalchemy as sa

from kpi.closing.states import Exemption, MonthSeal, read_exemptions, read_seals
from kpi.handover.xlsx_writer import StyledCell
from tracker.events.times import BEIJING
from tracker.periods import Year

SEALS = ("月份", "数据版本", "锁定时间", "申请人", "批准人", "更正理由", "锁定时的记录号", "日志校验值")
EXEMPTIONS = (
    "月份", "序号", "范围", "理由", "申请人", "申请时间", "批准人", "批准时间", "到期时间（不含）",
    "结束人", "结束时间", "结束原因",
)  # fmt: skip


def list_seal_rows(connection: sa.Connection, center: str, year: Year) -> list[list[StyledCell]]:
    """Every vintage of every locked month of the year."""
    return [_make_seal_row(one) for one in read_seals(connection, center, year.months)]


def list_exemption_rows(connection: sa.Connection, center: str, year: Year) -> list[list[StyledCell]]:
    """Every lock exception of the year's months, asked for, opened, closed or expired."""
    found = read_exemptions(connection, center)
    return [_make_exemption_row(one) for one in found if one.month.year == year.year]


def _make_seal_row(one: MonthSeal) -> list[StyledCell]:
    return [
        str(one.month), one.vintage, _show_minute(one.sealed_at), one.sealed_by, one.approved_by, one.reason,
        one.head_seq, one.head_hash,
    ]  # fmt: skip


def _make_exemption_row(one: Exemption) -> list[StyledCell]:
    return [
        str(one.month), one.number, one.scope, one.reason, one.requested_by, _show_minute(one.requested_at),
        one.approved_by, _show_minute(one.opened_at), _show_minute(one.expires_at), one.closed_by,
        _show_minute(one.closed_at), one.closing_reason,
    ]  # fmt: skip


def _show_minute(at: datetime | None) -> str | None:
    return None if at is None else f"{at.astimezone(BEIJING):%Y-%m-%d %H:%M}"
