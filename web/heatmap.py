"""A week as a picture: hours across, weekdays down (the other way on a phone), darker where there is more."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from markupsafe import Markup, escape

LEVELS = 6  # shades besides the one of zero
WEEKDAYS = tuple(f"周{name}" for name in "一二三四五六日")


@dataclass(frozen=True)
class HeatCell:
    """One hour of one weekday."""

    weekday: int  # 0 Monday … 6 Sunday
    hour: int
    value: Fraction | None
    written: str  # in the cell
    told: str  # the whole fact in words
    kind: str = "full"  # full | none (no data) | nothing (not applicable)
    address: str = ""  # of its rows

    def linked(self, address: str) -> "HeatCell":
        return replace(self, address=address)


@dataclass(frozen=True)
class HeatMapLayout:
    """Sizes in SVG units."""

    cell_width: int
    cell_height: int
    left: int
    top: int
    hours_down: bool = False

    def place(self, cell: HeatCell) -> tuple[int, int]:
        across, down = (cell.weekday, cell.hour) if self.hours_down else (cell.hour, cell.weekday)
        return self.left + across * self.cell_width, self.top + down * self.cell_height

    @property
    def size(self) -> tuple[int, int]:
        across, down = (7, 24) if self.hours_down else (24, 7)
        return self.left + across * self.cell_width, self.top + down * self.cell_height


WIDE = HeatMapLayout(cell_width=45, cell_height=24, left=40, top=20)
NARROW = HeatMapLayout(cell_width=48, cell_height=20, left=40, top=20, hours_down=True)


@dataclass(frozen=True)
class Shades:
    """Which values get which shade: 0 for zero alone, then LEVELS equal steps from `least` to `most`."""

    least: Fraction
    most: Fraction

    @classmethod
    def of(cls, cells: Sequence[HeatCell], *, from_zero: bool) -> "Shades":
        """From zero where amounts are compared; from the least where differences are."""
        values = [cell.value for cell in cells if cell.value is not None]
        return cls(Fraction(0) if from_zero or not values else min(values), max(values, default=Fraction(0)))

    def level(self, value: Fraction) -> int:
        if value <= 0:
            return 0
        if self.most <= self.least:
            return LEVELS
        return max(1, -(-(value - self.least) * LEVELS // (self.most - self.least)))

    @property
    def steps(self) -> list[Fraction]:
        """The upper ends of the shades 1 … LEVELS; empty where nothing is above zero."""
        room = self.most - self.least
        return [self.least + room * step / LEVELS for step in range(1, LEVELS + 1)] if self.most > 0 else []


def draw_heat_map(
    cells: Sequence[HeatCell], *, about: str, grid: HeatMapLayout, hue: str, shades: Shades
) -> Markup:
    """The SVG. `hue` names the colour; `about` is read to those who cannot see it."""
    width, height = grid.size
    role = "group" if any(cell.address for cell in cells) else "img"  # an image may hold no links
    drawn = "".join(_draw_cell(cell, grid, shades) for cell in cells)
    return Markup(
        f'<svg class="chart heat heat-{hue}" viewBox="0 0 {width} {height}" role="{role}" '
        f'aria-label="{escape(about)}">{"".join(_draw_labels(grid))}{drawn}</svg>'
    )


def _draw_labels(grid: HeatMapLayout) -> Iterator[str]:
    for hour in range(24):
        x, y = grid.place(HeatCell(0, hour, None, "", ""))
        if grid.hours_down:
            yield f'<text class="chart-tick" x="{grid.left - 5}" y="{y + 14}">{hour}时</text>'
        else:
            yield f'<text class="chart-label" x="{x + grid.cell_width / 2:g}" y="13">{hour}时</text>'
    for weekday, name in enumerate(WEEKDAYS):
        x, y = grid.place(HeatCell(weekday, 0, None, "", ""))
        if grid.hours_down:
            yield f'<text class="chart-label" x="{x + grid.cell_width / 2:g}" y="13">{name}</text>'
        else:
            yield f'<text class="chart-tick" x="{grid.left - 6}" y="{y + 16}">{name}</text>'


def _draw_cell(cell: HeatCell, grid: HeatMapLayout, shades: Shades) -> str:
    """A square with its number; the words are ours and hold nothing to escape."""
    x, y = grid.place(cell)
    width, height = grid.cell_width - 2, grid.cell_height - 2
    shade = f"heat-{cell.kind}" if cell.value is None else f"heat-{shades.level(cell.value)}"
    drawn = (
        f'<g class="{shade}"><rect x="{x}" y="{y}" width="{width}" height="{height}" rx="2"/>'
        f'<text x="{x + width / 2:g}" y="{y + height / 2 + 4:g}">{cell.written}</text>'
        f"<title>{cell.told}</title></g>"
    )
    return f'<a href="{escape(cell.address)}" aria-label="{cell.told}">{drawn}</a>' if cell.address else drawn
