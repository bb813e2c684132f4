"""Control totals and the reconciliation matrix, as text for a terminal and as JSON."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from kpi.figures.controls.cell_rows import CellRowPage
from kpi.figures.controls.cells import FINDINGS
from kpi.figures.controls.checking import CheckVerdict, TotalCheck
from kpi.figures.controls.matrix import MatrixFinding, MatrixMonth
from kpi.terminal_tables import LEFT, NO_VALUE, RIGHT, align_rows, clean_cells
from tracker.periods import Period

_COLUMNS = {  # what bodies outside say stands beside what it is held against
    "telecom_calls": "运营商账单",
    "calls_inbound": "话单呼入",
    "calls_answered": "话单接听",
    "recordings": "录音系统",
    "recordings_listed": "录音清单",
    "orders_from_calls": "来电工单",
    "work_orders_opened": "受理工单",
    "platform_orders": "上级平台工单",
    "work_orders_closed_in_period": "办结工单",
    "platform_closed": "上级平台办结",
}
_MARKS = {CheckVerdict.PASSED: "✓", CheckVerdict.FAILED: "✗", CheckVerdict.UNCHECKED: "?"}
_ORDER = (CheckVerdict.FAILED, CheckVerdict.UNCHECKED, CheckVerdict.PASSED)


def format_checks(checks: Sequence[TotalCheck]) -> Iterator[str]:
    """A line for each total, the reason below those that do not pass exactly, and what mends the failing."""
    header = ("期间", "对账项目", "出具单位", "对方", "本系统", "差额", "差额占比", "结论")
    rows = [header, *map(_format_check, checks)]
    first, *aligned = align_rows(rows, LEFT * 3 + RIGHT * 4 + LEFT)
    yield first
    for line, one in zip(aligned, checks, strict=True):
        yield line
        if one.difference != 0 or one.verdict is not CheckVerdict.PASSED:
            yield f"    └ {one.reason}"
    counts = "，".join(
        f"{verdict.value}{sum(one.verdict is verdict for one in checks)}项" for verdict in CheckVerdict
    )
    yield f"\n{counts}。差额是本系统减对方。"
    failing = dict.fromkeys(one.stated.control for one in checks if one.verdict is CheckVerdict.FAILED)
    if failing:
        yield "\n怎么查："
        yield from (f"  {one.title}：{one.remedy}（本系统数的是{one.about}。）" for one in failing)


def format_matrix(rows: Sequence[MatrixMonth]) -> Iterator[str]:
    """The counts of all systems, then what does not fit, month by month."""
    yield "各系统的数"
    header = ("月份", *_COLUMNS.values())
    yield from align_rows([header, *map(_format_counts, rows)], LEFT + RIGHT * len(_COLUMNS))
    yield "\n对不上的行"
    header = ("月份", *(cell.title for cell in FINDINGS))
    yield from align_rows([header, *map(_format_findings, rows)], LEFT + RIGHT * (len(header) - 1))
    yield "\n外部数后的 ✓ 相符、✗ 不符、? 无法核对；括号里的行由缺日解释，不算疑点；—表示没有交付，不是0。"
    for row in rows:
        if row.gaps:
            yield f"{row.month}：{row.gaps}。"
    yield "打开一格：hotline controls rows 2023-08 项目。项目有" + "、".join(
        f"{cell.key}（{cell.title}）" for cell in FINDINGS
    )


def format_cell_rows(page: CellRowPage, span: Period, offset: int) -> Iterator[str]:
    """The rows behind a cell, with what mends them."""
    cell = page.cell
    yield f"{span.label} {cell.title}：{cell.about}"
    header = ("序号", "日期", *page.columns, "缘由", "事件号", "事物")
    rows = [
        (
            str(place),
            row.day.isoformat(),
            *clean_cells(row.cells),
            "缺日" if row.explained else "",
            str(row.seq),
            row.subject,
        )
        for place, row in enumerate(page.rows, start=offset + 1)
    ]
    yield from align_rows([header, *rows], RIGHT + LEFT * (len(header) - 1))
    range_text = f"，以上为第{offset + 1}至{offset + len(rows)}行" if len(rows) < page.count else ""
    yield f"\n共{page.count:,}{cell.unit}{range_text}。"
    if cell.remedy and page.count:
        yield f"怎么查：{cell.remedy}"


def serialize_check(one: TotalCheck) -> dict[str, Any]:
    """A checked total as an object of the JSON output; decimals are strings."""
    total = one.stated
    return {
        "kind": total.control.key,
        "title": total.control.title,
        "first_day": total.first_day.isoformat(),
        "end_day": total.end_day.isoformat(),
        "issued_by": total.issued_by,
        "stated_by": total.stated_by,
        "document": total.document,
        "unit": total.control.unit,
        "claimed": _to_text(total.value),
        "ours": _to_text(one.ours),
        "difference": _to_text(one.difference),
        "share": None if one.share is None else str(one.share),
        "tolerance": total.control.tolerance.text,
        "tolerance_source": total.control.tolerance.source,
        "verdict": one.verdict.value,
        "reason": one.reason,
        "remedy": total.control.remedy,
        "subject": total.subject,
        "seq": total.seq,
    }


def serialize_month(row: MatrixMonth) -> dict[str, Any]:
    """A month of the matrix as an object of the JSON output."""
    return {
        "month": str(row.month),
        "counts": row.counts,
        "findings": {
            key: None if finding is None else _serialize_finding(finding)
            for key, finding in row.found.items()
        },
        "totals": [serialize_check(one) for one in row.checks],
        "gaps": row.gaps,
    }


def serialize_cell_rows(page: CellRowPage) -> dict[str, Any]:
    """A page of a cell's rows as an object of the JSON output."""
    return {
        "cell": page.cell.key,
        "count": page.count,
        "unit": page.cell.unit,
        "rows": [
            {
                "subject": row.subject,
                "seq": row.seq,
                "day": row.day.isoformat(),
                "explained": row.explained,
                **dict(zip(page.columns, clean_cells(row.cells), strict=True)),
            }
            for row in page.rows
        ],
    }


def _format_check(one: TotalCheck) -> tuple[str, ...]:
    total = one.stated
    share = NO_VALUE if one.share is None else f"{float(one.share) * 100:+.2f}%" if one.share else "0%"
    return (
        total.span,
        total.control.title,
        total.issued_by,
        f"{total.value:,f}{total.control.unit}",
        _format_number(one.ours),
        _format_signed(one.difference),
        share,
        one.verdict.value,
    )


def _format_counts(row: MatrixMonth) -> tuple[str, ...]:
    cells = (
        _format_number(row.counts[key]) if key in row.counts else _format_total(row, key) for key in _COLUMNS
    )
    return (str(row.month), *cells)


def _format_total(row: MatrixMonth, key: str) -> str:
    """What was stated, with its verdict; of several bodies the one that fits least."""
    checks = [one for one in row.checks if one.stated.control.key == key]
    if not checks:
        return NO_VALUE
    worst = min(checks, key=lambda one: _ORDER.index(one.verdict))
    return f"{worst.stated.value:,f} {_MARKS[worst.verdict]}"


def _format_findings(row: MatrixMonth) -> tuple[str, ...]:
    return (str(row.month), *(_format_finding(row.found[cell.key]) for cell in FINDINGS))


def _format_finding(finding: MatrixFinding | None) -> str:
    if finding is None:
        return NO_VALUE
    return f"{finding.unexplained:,}" + (f"（{finding.explained:,}）" if finding.explained else "")


def _serialize_finding(finding: MatrixFinding | None) -> dict[str, Any] | None:
    if finding is None:
        return None
    return {
        "count": finding.count,
        "explained": finding.explained,
        "unexplained": finding.unexplained,
        "explanation": finding.explanation,
    }


def _format_number(value: Decimal | int | None) -> str:
    return NO_VALUE if value is None else f"{value:,}"


def _format_signed(value: Decimal | None) -> str:
    if value is None:
        return NO_VALUE
    return f"{value:+,f}" if value else "0"


def _to_text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"
