"""A rehearsal as a waterfall from nothing to the full marks: each part begins where the one before ends."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate

from markupsafe import Markup, escape

from kpi.evaluation.numbers import show_parts, show_points
from kpi.evaluation.rehearsal.points_status import Rehearsal

_TOP, _ROW, _BAR = 22, 34, 18


@dataclass(frozen=True)
class PointsPart:
    """One part of the full marks."""

    name: str
    kind: str  # full | partial | open | nothing | none: its colour
    meaning: str
    points: Fraction
    begin: Fraction  # what the parts before it come to
    shown: str  # as written: the parts as written add up to the full marks as written

    @property
    def end(self) -> Fraction:
        return self.begin + self.points


@dataclass(frozen=True)
class Sizes:
    """Of a drawing, in SVG units."""

    width: int
    left: int  # room for the names; 0: they stand above their bars
    right: int = 64  # for the points after a bar


WIDE = Sizes(width=920, left=176)
NARROW = Sizes(width=340, left=0)


def list_parts(found: Rehearsal) -> list[PointsPart]:
    """What is safe, what is at risk in three parts, and what is lost; together exactly the full marks."""
    earned, unscored = found.earned_at_risk, found.unscored
    parts = (
        ("已落实", "full", "数据完整且已锁定，或已附佐证材料", found.safe),
        ("待落实·已得", "partial", "已计入今日得分，锁定或补齐佐证后才算落实", earned),
        ("待落实·未得", "open", "今日未得，办完待办事项后可以争取", found.at_risk - earned - unscored),
        ("待落实·未评", "nothing", "尚无实际完成值，填报后才能评分", unscored),
        ("已失分", "none", "已无法挽回", found.lost),
    )
    points = [one[3] for one in parts]
    begins = accumulate(points, initial=Fraction(0))
    return [
        PointsPart(*part, begin, shown)
        for part, begin, shown in zip(parts, begins, show_parts(points), strict=False)
    ]


def list_task_points(found: Rehearsal) -> list[str]:
    """The points of each task as written; together what is written as at risk."""
    return show_parts((task.points for task in found.tasks), start=found.safe)


def draw_waterfall(parts: Sequence[PointsPart], total: Fraction, sizes: Sizes) -> Markup:
    """The SVG; its label says all that it shows."""
    row = _ROW if sizes.left else _ROW + 14
    height = _TOP + row * len(parts) + 6
    axis = _Axis(total, sizes, height)
    bars = "".join(_draw_part(one, axis, _TOP + place * row) for place, one in enumerate(parts))
    words = "，".join(f"{one.name}{one.shown}分" for one in parts) + f"，合计{show_points(total)}分"
    return Markup(
        f'<svg class="chart waterfall" viewBox="0 0 {sizes.width} {height}" role="img" '
        f'aria-label="{escape(words)}">{"".join(axis.draw())}{bars}</svg>'
    )


@dataclass(frozen=True)
class _Axis:
    """Points from left to right."""

    total: Fraction
    sizes: Sizes
    height: int

    def place(self, points: Fraction) -> float:
        room = self.sizes.width - self.sizes.left - self.sizes.right
        share = points / self.total if self.total else Fraction(0)
        return round(float(self.sizes.left + share * room), 1)

    def draw(self) -> Iterator[str]:
        for quarter in range(5):
            points = self.total * quarter / 4
            x = self.place(points)
            anchor = ' text-anchor="middle"' if quarter else ""
            yield f'<line class="chart-grid" x1="{x}" x2="{x}" y1="{_TOP - 6}" y2="{self.height}"/>'
            yield f'<text x="{x}" y="{_TOP - 10}"{anchor}>{show_points(points)}</text>'


def _draw_part(part: PointsPart, axis: _Axis, top: int) -> str:
    begin, end = axis.place(part.begin), axis.place(part.end)
    if axis.sizes.left:
        name, bar = f'<text x="0" y="{top + 14}">{part.name}</text>', top
    else:
        name, bar = f'<text x="0" y="{top + 10}">{part.name}</text>', top + 16
    width = max(end - begin, 1)
    drawn = f'<rect class="part-{part.kind}" x="{begin}" y="{bar}" width="{width:.1f}" height="{_BAR}"/>'
    return (
        f"{name}{drawn if part.points else ''}"
        f'<line class="part-end" x1="{end}" x2="{end}" y1="{bar}" y2="{top + _ROW + _BAR}"/>'
        f'<text x="{end + 6:.1f}" y="{bar + 14}">{part.shown}</text>'
    )
