"""Twelve months as a line, drawn on the server as SVG: it prints well, needs no script, and keeps gaps."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction
from itertools import groupby

from markupsafe import Markup, escape

_STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))


@dataclass(frozen=True)
class ChartPoint:
    """One month of a chart."""

    label: str  # below the axis
    value: Decimal | None  # None: a gap, never bridged
    told: str  # the whole fact in words, a line for each thing to say; shown when pointed at
    status: str = "full"  # full | partial | none | nothing | ahead: how the month is marked
    provisional: bool = False  # drawn hatched
    few: bool = False  # of so few things that no line is drawn through it
    address: str = ""  # of the month's own page
    written: str = ""  # the value as printed: written beside the last one
    year_before: Decimal | None = None  # the same month of the year before, drawn lighter
    here: bool = False  # the month that the page is about


@dataclass(frozen=True)
class ChartFrame:
    """Size of a drawing and the room left around its plot, in SVG units."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    ticks: int  # about how many lines the value axis has; 0: no axis
    words: bool = True  # months are named below, and told when pointed at

    @property
    def plot_width(self) -> int:
        return self.width - self.left - self.right

    @property
    def floor(self) -> int:
        return self.height - self.bottom


MINI = ChartFrame(width=132, height=26, left=2, right=2, top=5, bottom=5, ticks=0, words=False)
SPARK = ChartFrame(width=260, height=64, left=6, right=6, top=6, bottom=18, ticks=0)
WIDE = ChartFrame(width=1120, height=250, left=64, right=16, top=26, bottom=30, ticks=5)
NARROW = ChartFrame(width=380, height=230, left=52, right=8, top=26, bottom=26, ticks=4)


@dataclass(frozen=True)
class Scale:
    """The value axis of a plot."""

    low: Decimal
    high: Decimal
    step: Decimal

    @classmethod
    def around(cls, values: Sequence[Decimal], ticks: int) -> "Scale":
        """A range of round numbers that holds all values; a flat line lies in its middle."""
        low, high = min(values), max(values)
        room = (high - low) or abs(high) / 10 or Decimal(1)
        step = _choose_step(room * Decimal("1.2") / max(ticks - 1, 2))
        bottom = ((low - room / 10) / step).to_integral_value(ROUND_FLOOR) * step
        top = ((high + room / 10) / step).to_integral_value(ROUND_CEILING) * step
        return cls(max(bottom, Decimal(0)) if low >= 0 else bottom, top, step)

    def ticks(self) -> Iterator[Decimal]:
        at = self.low
        while at <= self.high:
            yield at
            at += self.step


def _choose_step(rough: Decimal) -> Decimal:
    power = Decimal(10) ** rough.adjusted()
    return next(step * power for step in _STEPS if step * power >= rough)


def draw_line_chart(
    points: Sequence[ChartPoint],
    *,
    name: str,
    about: str,
    frame: ChartFrame,
    target: Decimal | None = None,
    unit: str = "",
) -> Markup:
    """The SVG of a line with gaps. `name` is unique on the page, `about` is read to those who cannot see it.

    A month without a value breaks the line, and one of too few things is a dot beside it; a target is a
    dashed line; a provisional month is hatched. Where no month has a value a sentence says so instead.
    """
    values = [point.value for point in points if point.value is not None]
    before = [point.year_before for point in points if point.year_before is not None]
    if not values:
        return _say_nothing_there(points, frame)
    scaled = values + before + ([target] if target is not None else [])
    scale = Scale.around(scaled, frame.ticks or 3)
    if unit == "%" and max(scaled) <= 100 < scale.high:
        scale = replace(scale, high=Decimal(100))
    plot = _Plot(points, frame, scale, name)
    parts = [
        *plot.draw_hatching(),
        *(plot.axis(unit) if frame.ticks else []),
        *plot.bands(),
        *(plot.labels() if frame.words else []),
        *([plot.target(target)] if target is not None else []),
        *plot.draw_year_before(),
        *plot.lines(),
        *plot.draw_dots(),
        *(plot.draw_last_value() if frame.words else []),
        *(plot.draw_hover_strips() if frame.words else []),
    ]
    return Markup(
        f'<svg class="chart" viewBox="0 0 {frame.width} {frame.height}" {_describe(points, about, frame)}>'
        f"{''.join(parts)}</svg>"
    )


def _describe(points: Sequence[ChartPoint], about: str, frame: ChartFrame) -> str:
    """What is read to those who cannot see it: months that lead to a page are links, and tell themselves."""
    if not frame.words:
        return 'aria-hidden="true"'
    if any(point.address for point in points):
        return f'role="group" aria-label="{escape(about)}"'
    said = "；".join(point.told.replace("\n", "，") for point in points)
    return f'role="img" aria-label="{escape(f"{about}：{said}")}"'


def _say_nothing_there(points: Sequence[ChartPoint], frame: ChartFrame) -> Markup:
    """A sentence in place of an empty plot; a small drawing is left out."""
    if not frame.words:
        return Markup("")
    if any(point.status == "none" for point in points):
        words = "各月均无数据（无法核实），没有走势可画。"
    elif any(point.status == "nothing" for point in points):
        words = "各月均不适用（分母为0或尚未到报送时间），没有走势可画。"
    else:
        words = "各月尚未计算，没有走势可画。"
    return Markup(f'<p class="chart-nothing">{words}</p>')


class _Plot:
    """The parts of one drawing."""

    def __init__(self, points: Sequence[ChartPoint], frame: ChartFrame, scale: Scale, name: str):
        self._points, self._frame, self._scale, self._name = points, frame, scale, name
        self._slot = frame.plot_width / max(len(points), 1)

    def draw_hatching(self) -> Iterator[str]:
        if not any(point.provisional for point in self._points):
            return
        yield (
            f'<defs><pattern id="hatch-{escape(self._name)}" width="6" height="6" '
            'patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
            '<line class="chart-hatch" x1="0" y1="0" x2="0" y2="6"/></pattern></defs>'
        )

    def axis(self, unit: str) -> Iterator[str]:
        frame = self._frame
        yield f'<text class="chart-tick" x="{frame.left - 8}" y="11">{escape(unit)}</text>'
        for tick in self._scale.ticks():
            y = self._y(tick)
            yield self._across("chart-grid", y)
            yield f'<text class="chart-tick" x="{frame.left - 8}" y="{y}" dy="4">{_format_tick(tick)}</text>'

    def bands(self) -> Iterator[str]:
        """Hatching over provisional months, a mark on the floor under months without backing."""
        frame = self._frame
        for place, point in enumerate(self._points):
            x, width = self._x(place) - self._slot / 2, self._slot
            if point.here:
                size = f'width="{width:.1f}" height="{frame.height}"'
                yield f'<rect class="chart-here" x="{x:.1f}" y="0" {size}/>'
            if point.provisional:
                yield (
                    f'<rect x="{x:.1f}" y="{frame.top}" width="{width:.1f}" '
                    f'height="{frame.floor - frame.top}" fill="url(#hatch-{escape(self._name)})"/>'
                )
            if point.status in ("none", "nothing"):
                yield (
                    f'<rect class="chart-gap chart-gap-{point.status}" x="{x + width * 0.15:.1f}" '
                    f'y="{frame.floor - 4}" width="{width * 0.7:.1f}" height="4"/>'
                )

    def labels(self) -> Iterator[str]:
        every = 1 if self._slot >= 30 else 3
        y = self._frame.height - 3
        for place, point in enumerate(self._points):
            if place % every == 0 or place == len(self._points) - 1:
                x = f"{self._x(place):.1f}"
                yield f'<text class="chart-label" x="{x}" y="{y}">{escape(point.label)}</text>'

    def target(self, target: Decimal) -> str:
        return self._across("chart-target", self._y(target))

    def lines(self) -> Iterator[str]:
        """One polyline for each run of months that have a value, and not of too few things."""
        for places in self._list_runs():
            if len(places) > 1:
                drawn = " ".join(f"{self._x(place):.1f},{self._find_dot_y(place)}" for place in places)
                yield f'<polyline class="chart-line" points="{drawn}"/>'

    def _list_runs(self) -> Iterator[list[int]]:
        numbered = list(enumerate(self._points))
        for there, run in groupby(numbered, key=lambda pair: pair[1].value is not None and not pair[1].few):
            if there:
                yield [place for place, _ in run]

    def draw_year_before(self) -> Iterator[str]:
        """The same months of the year before, as one path that breaks where there is nothing to compare."""
        drawn, pen = [], "M"
        for place, point in enumerate(self._points):
            if point.year_before is None:
                pen = "M"
            else:
                drawn.append(f"{pen}{self._x(place):.1f} {self._y(point.year_before)}")
                pen = "L"
        if drawn:
            yield f'<path class="chart-before" d="{"".join(drawn)}"/>'

    def draw_dots(self) -> Iterator[str]:
        """Every month with a value; in a small drawing those alone that a line does not show."""
        radius = 4 if self._frame.ticks else 2.6
        on_line = {place for run in self._list_runs() if len(run) > 1 for place in run}
        for place, point in enumerate(self._points):
            plain = place in on_line and point.status == "full" and not self._frame.words
            if point.value is not None and not plain:
                kind = f"{point.status} chart-dot-few" if point.few else point.status
                yield (
                    f'<circle class="chart-dot chart-dot-{kind}" cx="{self._x(place):.1f}" '
                    f'cy="{self._find_dot_y(place)}" r="{radius}"/>'
                )

    def draw_last_value(self) -> Iterator[str]:
        """The last value beside its dot, on the side that has room."""
        place = max(place for place, point in enumerate(self._points) if point.value is not None)
        point, x, y = self._points[place], self._x(place), self._find_dot_y(place)
        if point.written:
            below = y < self._frame.top + 14
            anchor = (
                "end" if x > self._frame.width * 0.75 else "start" if x < self._frame.width / 4 else "middle"
            )
            yield (
                f'<text class="chart-number" x="{x:.1f}" y="{y + 18 if below else y - 8:.1f}" '
                f'text-anchor="{anchor}">{escape(point.written)}</text>'
            )

    def draw_hover_strips(self) -> Iterator[str]:
        """A transparent strip over each month that tells it in words, and leads to its page."""
        for place, point in enumerate(self._points):
            told = f"<title>{escape(point.told)}</title>"
            strip = (
                f'<rect class="chart-hover" x="{self._x(place) - self._slot / 2:.1f}" y="0" '
                f'width="{self._slot:.1f}" height="{self._frame.height}"'
            )
            if point.address:
                yield f'<a href="{escape(point.address)}" tabindex="-1">{told}{strip}/></a>'
            else:
                yield f"{strip}>{told}</rect>"

    def _across(self, kind: str, y: float) -> str:
        frame = self._frame
        return f'<line class="{kind}" x1="{frame.left}" x2="{frame.width - frame.right}" y1="{y}" y2="{y}"/>'

    def _x(self, place: int) -> float:
        return self._frame.left + self._slot * (place + 0.5)

    def _y(self, value: Decimal) -> float:
        share = (value - self._scale.low) / (self._scale.high - self._scale.low)
        return round(float(self._frame.floor - share * (self._frame.floor - self._frame.top)), 1)

    def _find_dot_y(self, place: int) -> float:
        value = self._points[place].value
        assert value is not None
        return self._y(value)


def _format_tick(tick: Decimal) -> str:
    """An axis number: thousands separated, no trailing zeros, 万 from a hundred thousand on."""
    if abs(tick) >= 100_000:
        return f"{(tick / 10_000).normalize():,f}万"
    return f"{tick.normalize():,f}"


def draw_coverage_bar(share: Fraction | None, *, about: str) -> Markup:
    """A coverage bar: how much of what was expected is there. More than all fills it and says so in words."""
    filled = 0.0 if share is None else min(max(float(share), 0.0), 1.0)
    kind = "ahead" if share is None else "full" if filled >= 1 else "partial" if filled else "none"
    return Markup(
        f'<svg class="bar bar-{kind}" viewBox="0 0 100 4" preserveAspectRatio="none" role="img" '
        f'aria-label="{escape(about)}"><rect class="bar-whole" width="100" height="4"/>'
        f'<rect class="bar-filled" width="{filled * 100:.2f}" height="4"/></svg>'
    )


def draw_share_bar(share: Fraction | None, *, about: str) -> Markup:
    """How much of a whole a part is; it judges nothing."""
    filled = 0.0 if share is None else min(max(float(share), 0.0), 1.0)
    return Markup(
        f'<svg class="bar bar-share" viewBox="0 0 100 4" preserveAspectRatio="none" role="img" '
        f'aria-label="{escape(about)}"><rect class="bar-whole" width="100" height="4"/>'
        f'<rect class="bar-filled" width="{filled * 100:.2f}" height="4"/></svg>'
    )


def draw_stacked_bar(shares: Sequence[tuple[str, Fraction | None]], *, about: str) -> Markup:
    """Parts of a whole side by side, each in a colour of its place; None: there is no whole."""
    parts, at = [], 0.0
    for place, (_, share) in enumerate(shares, start=1):
        width = float(share or 0) * 100
        parts.append(f'<rect class="lag-{place}" x="{at:.2f}" width="{width:.2f}" height="4"/>')
        at += width
    text = "，".join(f"{name} {float(share):.1%}" for name, share in shares if share)
    return Markup(
        f'<svg class="bar bar-stacked" viewBox="0 0 100 4" preserveAspectRatio="none" role="img" '
        f'aria-label="{escape(about)}：{escape(text or "没有")}">'
        f'<rect class="bar-whole" width="100" height="4"/>{"".join(parts)}</svg>'
    )


def draw_change_bar(low: Fraction, high: Fraction, reach: Fraction, kind: str) -> Markup:
    """A bar from `low` to `high` about a middle line. `reach` is half the width; what is beyond is cut off.

    It says nothing to those who cannot see it: its number stands beside it.
    """
    start, end = (float(max(min(at / reach, Fraction(1)), Fraction(-1))) * 100 for at in sorted((low, high)))
    width = max(end - start, 0.8 if low != high else 0)
    return Markup(
        f'<svg class="change-bar change-{kind}" viewBox="-100 0 200 10" preserveAspectRatio="none" '
        f'aria-hidden="true"><rect x="{start:.2f}" y="1" width="{width:.2f}" height="8"/>'
        '<line x1="0" x2="0" y1="0" y2="10"/></svg>'
    )
