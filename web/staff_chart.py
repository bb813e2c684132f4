"""Headcount as a line beside the established posts, joiners and leavers as bars below: twelve months."""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import groupby

from markupsafe import Markup

from kpi.figures.patterns.staff_moves import StaffMonth
from web.charts import ChartFrame, Scale

WIDE = ChartFrame(width=1120, height=320, left=48, right=16, top=16, bottom=126, ticks=4)
NARROW = ChartFrame(width=380, height=300, left=40, right=8, top=16, bottom=126, ticks=4)
_BARS = 28  # height of the largest bar


def draw_staff_chart(months: Sequence[StaffMonth], frame: ChartFrame) -> Markup:
    """The SVG; a month without a roster breaks the line and has no bars."""
    drawn = _Drawing(months, frame)
    words = "；".join(_describe_month(one) for one in months)
    parts = [*drawn.axis(), *drawn.posts(), *drawn.line(), *drawn.draw_bars(), *drawn.labels()]
    return Markup(
        f'<svg class="chart" viewBox="0 0 {frame.width} {frame.height}" role="img" '
        f'aria-label="月末在岗人数、核定人数和入离职：{words}">{"".join(parts)}</svg>'
    )


def _describe_month(one: StaffMonth) -> str:
    if one.in_post is None:
        return f"{one.month.month}月：没有花名册佐证"
    posts = f"，核定{one.posts}人" if one.posts is not None else ""
    return f"{one.month.month}月：月末在岗{one.in_post}人{posts}，入职{one.joined}人，离职{one.left}人"


class _Drawing:
    """The parts of one drawing: the line above, the bars around a base line below it."""

    def __init__(self, months: Sequence[StaffMonth], frame: ChartFrame):
        self._months, self._frame = months, frame
        self._slot = frame.plot_width / 12
        levels = [Decimal(n) for one in months for n in (one.in_post, one.posts) if n is not None]
        self._scale = Scale.around(levels, frame.ticks) if levels else None
        moved = [n for one in months for n in (one.joined, one.left) if n]
        self._most = max(moved, default=1)
        self._base = frame.floor + 70

    def axis(self) -> Iterator[str]:
        left = self._frame.left - 8
        for tick in self._scale.ticks() if self._scale else ():
            y = self._y(tick)
            yield self._across("chart-grid", y)
            yield f'<text class="chart-tick" x="{left}" y="{y}" dy="4">{tick.normalize():f}</text>'
        yield self._across("chart-axis", self._base)
        for word, below in (("入职", -14), ("离职", 22)):
            yield f'<text class="chart-tick" x="{left}" y="{self._base + below}">{word}</text>'

    def _across(self, kind: str, y: float) -> str:
        frame = self._frame
        return f'<line class="{kind}" x1="{frame.left}" x2="{frame.width - frame.right}" y1="{y}" y2="{y}"/>'

    def posts(self) -> Iterator[str]:
        """A dashed step for each month with posts in force."""
        for place, one in enumerate(self._months):
            if one.posts is not None:
                x, y = self._frame.left + self._slot * place, self._y(one.posts)
                yield f'<line class="chart-target" x1="{x:.1f}" x2="{x + self._slot:.1f}" y1="{y}" y2="{y}"/>'

    def line(self) -> Iterator[str]:
        has_roster: Callable[[tuple[int, StaffMonth]], bool] = lambda pair: pair[1].in_post is not None  # noqa: E731
        for there, run in groupby(enumerate(self._months), key=has_roster):
            points = [(self._x(place), self._y(one.in_post or 0), one) for place, one in run]
            if there and len(points) > 1:
                drawn = " ".join(f"{x:.1f},{y}" for x, y, _ in points)
                yield f'<polyline class="chart-line" points="{drawn}"/>'
            for x, y, one in points if there else []:
                yield f'<circle class="chart-dot" cx="{x:.1f}" cy="{y}" r="4"/>'
                yield f'<text class="chart-label chart-number" x="{x:.1f}" y="{y - 9}">{one.in_post}</text>'

    def draw_bars(self) -> Iterator[str]:
        for place, one in enumerate(self._months):
            if one.in_post is None:
                yield (
                    f'<rect class="chart-gap chart-gap-none" x="{self._x(place) - self._slot * 0.35:.1f}" '
                    f'y="{self._base - 2}" width="{self._slot * 0.7:.1f}" height="4"/>'
                )
            yield from self._draw_bar(place, one.joined or 0, "joined", up=True)
            yield from self._draw_bar(place, one.left or 0, "left", up=False)

    def _draw_bar(self, place: int, count: int, kind: str, *, up: bool) -> Iterator[str]:
        if not count:
            return
        tall, wide = max(4, _BARS * count / self._most), min(self._slot * 0.4, 26)
        x, top = self._x(place), self._base - tall if up else self._base
        sign, label = ("+", top - 4) if up else ("−", top + tall + 13)
        size = f'x="{x - wide / 2:.1f}" y="{top:.1f}" width="{wide:.1f}" height="{tall:.1f}"'
        yield f'<rect class="chart-{kind}" {size}/>'
        yield f'<text class="chart-label" x="{x:.1f}" y="{label:.1f}">{sign}{count}</text>'

    def labels(self) -> Iterator[str]:
        y = self._frame.floor + 18
        for place, one in enumerate(self._months):
            x = self._x(place)
            if self._slot >= 30 or place % 3 == 0 or place == 11:
                yield f'<text class="chart-label" x="{x:.1f}" y="{y}">{one.month.month}月</text>'
            yield (
                f'<rect class="chart-hover" x="{x - self._slot / 2:.1f}" y="0" width="{self._slot:.1f}" '
                f'height="{self._frame.height}"><title>{_describe_month(one)}</title></rect>'
            )

    def _x(self, place: int) -> float:
        return self._frame.left + self._slot * (place + 0.5)

    def _y(self, value: Decimal | int) -> float:
        if self._scale is None:
            return self._frame.floor
        share = (Decimal(value) - self._scale.low) / (self._scale.high - self._scale.low)
        return round(float(self._frame.floor - share * (self._frame.floor - self._frame.top)), 1)
