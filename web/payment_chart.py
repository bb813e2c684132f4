"""A timeline of payments: the day each was due, the day it was paid, late ones marked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup, escape

from kpi.figures.patterns.payment_days import DuePayment, PaidState
from tracker.periods import Month, Period

ROW = 26
_KINDS = {
    PaidState.ON_TIME: "paid",
    PaidState.LATE: "late",
    PaidState.OVERDUE: "overdue",
    PaidState.NOT_DUE: "ahead",
    PaidState.UNKNOWN: "ahead",
}


@dataclass(frozen=True)
class Sizes:
    """Of a drawing, in SVG units."""

    width: int
    left: int
    label: int  # room that the words after a mark take


WIDE = Sizes(width=1120, left=96, label=64)
NARROW = Sizes(width=380, left=56, label=44)


def draw_timeline(payments: Sequence[DuePayment], period: Period, sizes: Sizes) -> Markup:
    """The SVG: a lane for each item, as many rows in it as its payments need to stand apart."""
    if not payments:
        return Markup("")
    axis = _Axis(payments, period, sizes)
    parts, top = [], 24
    for item in dict.fromkeys(one.item for one in payments):
        rows = axis.pack_payments([one for one in payments if one.item == item])
        parts += [_draw_lane(escape(_shorten_item(item, sizes)), top, sizes)]
        for number, row in enumerate(rows):
            parts += [axis.drawn(one, top + number * ROW + ROW // 2) for one in row]
        top += len(rows) * ROW + 6
    words = "；".join(describe_payment(one) for one in payments)
    return Markup(
        f'<svg class="chart payments" viewBox="0 0 {sizes.width} {top}" role="img" '
        f'aria-label="{escape(words)}">{"".join(axis.months(top))}{"".join(parts)}</svg>'
    )


def describe_payment(one: DuePayment) -> str:
    """劳务费：约定3月10日，实付3月14日，逾期4天"""
    due = f"{one.item}：约定{_format_day(one.due_on)}"
    if one.paid_on is None:
        return f"{due}，{one.state.value}" + (f"，已过{one.days_late}天" if one.days_late else "")
    late = f"，逾期{one.days_late}天" if one.state is PaidState.LATE else ""
    return f"{due}，实付{_format_day(one.paid_on)}{late}"


def _format_day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _shorten_item(item: str, sizes: Sizes) -> str:
    most = sizes.left // 14
    return item if len(item) <= most else f"{item[: most - 1]}…"


def _draw_lane(item: str, top: int, sizes: Sizes) -> str:
    return (
        f'<line class="chart-grid" x1="0" x2="{sizes.width}" y1="{top}" y2="{top}"/>'
        f'<text class="lane" x="0" y="{top + 17}">{item}</text>'
    )


class _Axis:
    """Days from left to right."""

    def __init__(self, payments: Sequence[DuePayment], period: Period, sizes: Sizes):
        paid = [one.paid_on for one in payments if one.paid_on]
        self._first = min([period.first_day, *paid])
        self._end = max([period.end_day, *(day + timedelta(days=1) for day in paid)])
        self._sizes = sizes
        self._scale = (sizes.width - sizes.left - sizes.label) / (self._end - self._first).days

    def x(self, day: date) -> float:
        return round(self._sizes.left + (day - self._first).days * self._scale, 1)

    def months(self, bottom: int) -> Iterator[str]:
        """A line at each month's first day, with its name."""
        month = Month.of(self._first)
        while month.first_day < self._end:
            x = self.x(max(month.first_day, self._first))
            wide = month.days * self._scale
            yield f'<line class="chart-grid" x1="{x}" x2="{x}" y1="16" y2="{bottom}"/>'
            if wide >= 28 or month.month % 3 == 1:
                yield f'<text class="month" x="{x + 2}" y="12">{month.month}月</text>'
            month = month.next

    def pack_payments(self, payments: Sequence[DuePayment]) -> list[list[DuePayment]]:
        """The payments in rows in which none covers another."""
        rows: list[tuple[float, list[DuePayment]]] = []
        for one in payments:
            start, end = self._measure_span(one)
            place = next((n for n, (free, _) in enumerate(rows) if free <= start), None)
            if place is None:
                rows.append((end, [one]))
            else:
                rows[place][1].append(one)
                rows[place] = (end, rows[place][1])
        return [row for _, row in rows]

    def drawn(self, one: DuePayment, y: int) -> str:
        """A hollow mark on the due day, a full one on the day of payment, a line between."""
        kind, due = _KINDS[one.state], self.x(one.due_on)
        parts = [f'<circle class="due" cx="{due}" cy="{y}" r="5"/>']
        end = due
        if one.paid_on:
            paid = self.x(one.paid_on)
            parts.insert(0, f'<line class="delay" x1="{due}" x2="{paid}" y1="{y}" y2="{y}"/>')
            parts.append(f'<circle class="paid-on" cx="{paid}" cy="{y}" r="3.6"/>')
            end = max(end, paid)
        words = (
            f"逾期{one.days_late}天"
            if one.state is PaidState.LATE
            else "未付"
            if one.state is PaidState.OVERDUE
            else ""
        )
        parts.append(f'<text x="{end + 8}" y="{y + 4}">{words}</text>' if words else "")
        return f'<g class="pay-{kind}">{"".join(parts)}<title>{escape(describe_payment(one))}</title></g>'

    def _measure_span(self, one: DuePayment) -> tuple[float, float]:
        days = [self.x(day) for day in (one.due_on, one.paid_on) if day]
        words = self._sizes.label if one.state in (PaidState.LATE, PaidState.OVERDUE) else 0
        return min(days) - 7, max(days) + 7 + words
