"""The workbook's sheets of locked months and lock exceptions."""

from datetime import datetime

import sqlalchemy as sa

from kpi.closing.states import Exemption, Seal, read_exemptions, read_seals
from kpi.handover.xlsx_writer import Styled
from tracker.centers import Center
from tracker.events.times import BEIJING
from tracker.periods import Year

SEALS = ("月份", "版次", "锁定时间", "提请人", "确认人", "更正理由", "日志末尾事件号", "日志末尾哈希")
EXEMPTIONS = (
    "月份", "序号", "范围", "理由", "申请人", "申请时间", "批准人", "批准时间", "到期时间（不含）",
    "关闭人", "关闭时间", "关闭原因",
)  # fmt: skip


def seal_rows(connection: sa.Connection, center: Center, year: Year) -> list[list[Styled]]:
    """Every vintage of every locked month of the year."""
    return [_seal(one) for one in read_seals(connection, center.center_id, year.months)]


def exemption_rows(connection: sa.Connection, center: Center, year: Year) -> list[list[Styled]]:
    """Every lock exception of the year's months, asked for, opened, closed or expired."""
    found = read_exemptions(connection, center.center_id)
    return [_exemption(one) for one in found if one.month.year == year.year]


def _seal(one: Seal) -> list[Styled]:
    return [
        str(one.month), one.vintage, _minute(one.sealed_at), one.sealed_by, one.approved_by, one.reason,
        one.head_seq, one.head_hash,
    ]  # fmt: skip


def _exemption(one: Exemption) -> list[Styled]:
    return [
        str(one.month), one.number, one.scope, one.reason, one.requested_by, _minute(one.requested_at),
        one.approved_by, _minute(one.opened_at), _minute(one.expires_at), one.closed_by,
        _minute(one.closed_at), one.closing_reason,
    ]  # fmt: skip


def _minute(at: datetime | None) -> str | None:
    return None if at is None else f"{at.astimezone(BEIJING):%Y-%m-%d %H:%M}"
