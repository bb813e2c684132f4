"""Control totals and the reconciliation matrix, as text for a terminal and as JSON."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from kpi.figures.controls.cell_rows import CellRows
from kpi.figures.controls.cells import FINDINGS
from kpi.figures.controls.checking import Checked, Verdict
from kpi.figures.controls.matrix import Found, MonthRow
from kpi.terminal_tables import LEFT, NO_VALUE, RIGHT, lines, printable
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
_MARKS = {Verdict.PASSED: "✓", Verdict.FAILED: "✗", Verdict.UNCHECKED: "?"}
_ORDER = (Verdict.FAILED, Verdict.UNCHECKED, Verdict.PASSED)


def of_checked(checked: Sequence[Checked]) -> Iterator[str]:
    """A line for each total, the reason below those that do not pass exactly, and what mends the failing."""
    header = ("期间", "对账项目", "出具单位", "对方", "本系统", "差额", "差额占比", "结论")
    rows = [header, *map(_row, checked)]
    first, *aligned = lines(rows, LEFT * 3 + RIGHT * 4 + LEFT)
    yield first
    for line, one in zip(aligned, checked, strict=True):
        yield line
        if one.difference != 0 or one.verdict is not Verdict.PASSED:
            yield f"    └ {one.reason}"
    counts = "，".join(
        f"{verdict.value}{sum(one.verdict is verdict for one in checked)}项" for verdict in Verdict
    )
    yield f"\n{counts}。差额是本系统减对方。"
    failing = dict.fromkeys(one.stated.control for one in checked if one.verdict is Verdict.FAILED)
    if failing:
        yield "\n怎么查："
        yield from (f"  {one.title}：{one.remedy}（本系统数的是{one.about}。）" for one in failing)


def of_matrix(rows: Sequence[MonthRow]) -> Iterator[str]:
    """The counts of all systems, then what does not fit, month by month."""
    yield "各系统的数"
    header = ("月份", *_COLUMNS.values())
    yield from lines([header, *map(_counts, rows)], LEFT + RIGHT * len(_COLUMNS))
    yield "\n对不上的行"
    header = ("月份", *(cell.title for cell in FINDINGS))
    yield from lines([header, *map(_findings, rows)], LEFT + RIGHT * (len(header) - 1))
    yield "\n外部数后的 ✓ 相符、✗ 不符、? 无法核对；括号里的行由缺日解释，不算疑点；—表示没有交付，不是0。"
    for row in rows:
        if row.gaps:
            yield f"{row.month}：{row.gaps}。"
    yield "打开一格：hotline controls rows 2023-08 项目。项目有" + "、".join(
        f"{cell.key}（{cell.title}）" for cell in FINDINGS
    )


def of_rows(found: CellRows, span: Period, offset: int) -> Iterator[str]:
    """The rows behind a cell, with what mends them."""
    cell = found.cell
    yield f"{span.label} {cell.title}：{cell.about}"
    header = ("序号", "日期", *found.columns, "缘由", "事件号", "事物")
    rows = [
        (
            str(place),
            row.day.isoformat(),
            *printable(row.cells),
            "缺日" if row.explained else "",
            str(row.seq),
            row.subject,
        )
        for place, row in enumerate(found.rows, start=offset + 1)
    ]
    yield from lines([header, *rows], RIGHT + LEFT * (len(header) - 1))
    shown = f"，以上为第{offset + 1}至{offset + len(rows)}行" if len(rows) < found.count else ""
    yield f"\n共{found.count:,}{cell.unit}{shown}。"
    if cell.remedy and found.count:
        yield f"怎么查：{cell.remedy}"


def checked_as_json(one: Checked) -> dict[str, Any]:
    """A checked total as an object of the JSON output; decimals are strings."""
    stated = one.stated
    return {
        "kind": stated.control.key,
        "title": stated.control.title,
        "first_day": stated.first_day.isoformat(),
        "end_day": stated.end_day.isoformat(),
        "issued_by": stated.issued_by,
        "stated_by": stated.stated_by,
        "document": stated.document,
        "unit": stated.control.unit,
        "claimed": _text(stated.value),
        "ours": _text(one.ours),
        "difference": _text(one.difference),
        "share": None if one.share is None else str(one.share),
        "tolerance": stated.control.tolerance.text,
        "tolerance_source": stated.control.tolerance.source,
        "verdict": one.verdict.value,
        "reason": one.reason,
        "remedy": stated.control.remedy,
        "subject": stated.subject,
        "seq": stated.seq,
    }


def month_as_json(row: MonthRow) -> dict[str, Any]:
    """A month of the matrix as an object of the JSON output."""
    return {
        "month": str(row.month),
        "counts": row.counts,
        "findings": {
            key: None if found is None else _found_as_json(found) for key, found in row.found.items()
        },
        "totals": [checked_as_json(one) for one in row.checks],
        "gaps": row.gaps,
    }


def rows_as_json(found: CellRows) -> dict[str, Any]:
    """A page of a cell's rows as an object of the JSON output."""
    return {
        "cell": found.cell.key,
        "count": found.count,
        "unit": found.cell.unit,
        "rows": [
            {
                "subject": row.subject,
                "seq": row.seq,
                "day": row.day.isoformat(),
                "explained": row.explained,
                **dict(zip(found.columns, printable(row.cells), strict=True)),
            }
            for row in found.rows
        ],
    }


def _row(one: Checked) -> tuple[str, ...]:
    stated = one.stated
    share = NO_VALUE if one.share is None else f"{float(one.share) * 100:+.2f}%" if one.share else "0%"
    return (
        stated.span,
        stated.control.title,
        stated.issued_by,
        f"{stated.value:,f}{stated.control.unit}",
        _number(one.ours),
        _signed(one.difference),
        share,
        one.verdict.value,
    )


def _counts(row: MonthRow) -> tuple[str, ...]:
    cells = (_number(row.counts[key]) if key in row.counts else _total(row, key) for key in _COLUMNS)
    return (str(row.month), *cells)


def _total(row: MonthRow, key: str) -> str:
    """What was stated, with its verdict; of several bodies the one that fits least."""
    stated = [one for one in row.checks if one.stated.control.key == key]
    if not stated:
        return NO_VALUE
    worst = min(stated, key=lambda one: _ORDER.index(one.verdict))
    return f"{worst.stated.value:,f} {_MARKS[worst.verdict]}"


def _findings(row: MonthRow) -> tuple[str, ...]:
    return (str(row.month), *(_finding(row.found[cell.key]) for cell in FINDINGS))


def _finding(found: Found | None) -> str:
    if found is None:
        return NO_VALUE
    return f"{found.unexplained:,}" + (f"（{found.explained:,}）" if found.explained else "")


def _found_as_json(found: Found | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "count": found.count,
        "explained": found.explained,
        "unexplained": found.unexplained,
        "explanation": found.explanation,
    }


def _number(value: Decimal | int | None) -> str:
    return NO_VALUE if value is None else f"{value:,}"


def _signed(value: Decimal | None) -> str:
    if value is None:
        return NO_VALUE
    return f"{value:+,f}" if value else "0"


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"
