"""What was sealed: every vintage of every figure of a year, and the lock exceptions corrections rested on."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import orjson
import sqlalchemy as sa

from kpi.figures.indicators import INDICATORS
from kpi.figures.sources import SOURCES
from kpi.handover.package.claims import exact_text
from kpi.handover.package.layout import dump_csv
from kpi.offline import Replay
from kpi.offline.duck import Duck
from tracker.facts.closing import lock_exceptions

CORRECTION = (
    "月份", "指标", "统计期", "更正前", "更正后", "数据版本", "溯源码", "理由", "引起更正的记录",
    "申请人", "批准人", "时间",
)  # fmt: skip
EXCEPTION = (
    "月份", "序号", "范围", "理由", "申请人", "申请时间", "批准人", "批准时间", "失效时间",
    "结束人", "结束时间", "结束理由",
)  # fmt: skip
_VINTAGE = (
    "月份", "数据版本", "指标", "编码", "统计期", "数值", "更正前", "计量单位", "分子", "分母", "数据完整"
    "率", "数据状态",
    "口径版本", "溯源码", "申请人", "批准人", "锁定时间", "锁定时的日志校验值", "锁定记录号", "理由",
    "依据的限期解锁", "引起更正的记录",
)  # fmt: skip


class VintageRow(NamedTuple):
    """A figure in one of its vintages, and how it came to be sealed."""

    month: str
    vintage: int
    indicator: str
    period: str
    value: str | None
    before: str | None  # the value of the vintage before
    unit: str
    numerator: str | None
    denominator: str | None
    coverage: str | None
    status: str
    definition_version: int
    code: str
    sealed_by: str
    approved_by: str
    sealed_at: datetime
    head_seq: int
    event_seq: int
    reason: str | None
    exception: str | None
    caused_by: str

    @property
    def title(self) -> str:
        declared = INDICATORS.get(self.indicator)
        return declared.title if declared else self.indicator

    def as_correction(self) -> tuple[str, ...]:
        """The cells under CORRECTION."""
        values = [f"{one}{self.unit}" if one else "—" for one in (self.before, self.value)]
        signed = (self.sealed_by, self.approved_by, f"{self.sealed_at:%Y-%m-%d %H:%M}")
        cells = (self.month, self.title, self.period, *values, f"第{self.vintage}版", self.code)
        return (*cells, self.reason or "", self.caused_by, *signed)

    def as_row(self) -> tuple[Any, ...]:
        """The cells of the table."""
        exact = (exact_text(one) for one in (self.numerator, self.denominator, self.coverage))
        return (
            *(self.month, self.vintage, self.title, self.indicator, self.period, self.value, self.before),
            *(self.unit, *exact, self.status, self.definition_version, self.code),
            *(self.sealed_by, self.approved_by, self.sealed_at.isoformat(), self.head_seq, self.event_seq),
            *(self.reason, self.exception, self.caused_by),
        )


def list_vintage_rows(replay: Replay, year: int) -> list[VintageRow]:
    """Month by month and vintage by vintage, in the words of the sealing events."""
    values: dict[tuple[str, str], str | None] = {}
    rows = []
    for seq, seal in sorted(read_seals(replay.duck), key=lambda one: (one[1]["month"], one[1]["vintage"])):
        if seal["month"].startswith(f"{year}-"):
            for figure in seal["figures"]:
                key = (figure["indicator"], figure["period"])
                rows.append(_make_row(seq, seal, figure, values.get(key)))
                values[key] = figure["value"]
    return rows


def read_seals(duck: Duck) -> list[tuple[int, dict[str, Any]]]:
    """The events that sealed a month: number and contents, in order."""
    rows: Iterable[Any] = duck.sql("SELECT seq, data FROM log WHERE type = 'month.sealed' ORDER BY seq")
    return [(seq, orjson.loads(data)) for seq, data in rows]


def write_vintages_table(replay: Replay, year: int) -> bytes:
    """Every vintage of every figure, for a spreadsheet."""
    return dump_csv(_VINTAGE, (row.as_row() for row in list_vintage_rows(replay, year)))


def list_exception_rows(replay: Replay, year: int) -> list[tuple[str, ...]]:
    """The lock exceptions of the year's months, under EXCEPTION."""
    column = lock_exceptions.c
    cells = (
        sa.select(lock_exceptions)
        .where(column.month >= f"{year}-01", column.month <= f"{year}-12")
        .order_by(column.month, column.number)
    )
    return [
        (
            *(
                row.month,
                str(row.number),
                _format_scope(row.of),
                row.reason,
                row.requested_by,
                _format_time(row.requested_at),
            ),
            *(row.approved_by or "未批准", _format_time(row.opened_at), _format_time(row.expires_at)),
            *(row.closed_by or "", _format_time(row.closed_at), row.closing_reason or ""),
        )
        for row in replay.duck.execute(cells)
    ]


def write_exceptions_table(replay: Replay, year: int) -> bytes:
    """The lock exceptions, for a spreadsheet."""
    return dump_csv(EXCEPTION, list_exception_rows(replay, year))


def _make_row(seq: int, seal: Mapping[str, Any], figure: Mapping[str, Any], before: str | None) -> VintageRow:
    values = {
        name: found for name, found in {**figure, **_flatten_seal(seal)}.items() if name in VintageRow._fields
    }
    return VintageRow(**values, event_seq=seq, before=before)


def _flatten_seal(seal: Mapping[str, Any]) -> dict[str, Any]:
    causes = "、".join(
        f"第{one[0]}至{one[1]}号" if isinstance(one, list) else f"第{one}号" for one in seal["caused_by"]
    )
    sealed_at = datetime.fromisoformat(seal["sealed_at"])
    return {**seal, "caused_by": causes, "sealed_at": sealed_at}


def _format_scope(source: str | None) -> str:
    if source is None:
        return "全部来源"
    return SOURCES[source].title if source in SOURCES else source


def _format_time(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%d %H:%M}"
