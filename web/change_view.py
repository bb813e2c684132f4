"""Why a figure moved, as a page shows it: a sentence, bars from worst to best, hours of what was missed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from markupsafe import Markup

from kpi.figures.figure import Figure, Status
from kpi.figures.indicators import Direction, Indicator
from kpi.figures.indicators.formula import Quantity
from kpi.figures.indicators.indicator import round_exact
from kpi.figures.indicators.units import get_part_unit
from kpi.figures.patterns.changes import ChangePiece, ChangeWay, FigureChange
from kpi.figures.patterns.contributions import Counted
from kpi.figures.patterns.piece_rows import can_miss
from kpi.figures.patterns.splits import AGENT
from tracker.periods import Period
from web.charts import draw_change_bar
from web.figure_view import FigureView
from web.formatting import NO_DATA, NOT_APPLICABLE, amount, with_unit
from web.heatmap import WEEKDAYS, HeatCell

MOST = 12  # bars before the rest is put together
_NAMED = 2  # parts that a sentence names of each split
_WAYS = 3  # splits that a sentence goes through


@dataclass(frozen=True)
class ChangeLine:
    """One bar: what a part contributes, and what it had in either period."""

    label: str
    told: str  # +0.12
    kind: str  # worse | better | neutral | unknown
    bar: Markup
    piece: ChangePiece | None = None  # None: several together, or what is unknown
    now: str = ""
    before: str = ""
    own: str = ""
    weight: str = ""
    remark: str = ""
    number: Decimal = Decimal(0)  # what `told` says; of what is unknown nothing


def write_number(number: Decimal) -> str:
    """A change with its sign: +0.12, −3, 0."""
    return f"{number:+,f}".replace("-", "−") if number else f"{abs(number):,f}"


def name_change_unit(unit: str) -> str:
    """What a change is counted in."""
    return "个百分点" if unit == "%" else unit


def name_period_beside(period: Period, other: Period) -> str:
    """A period as one says it beside another: the year only where it is a different one."""
    return period.label if period.first_day.year != other.first_day.year else period.label[5:] or period.label


def apportion(exact: Sequence[Fraction], total: Decimal, scale: int) -> list[Decimal]:
    """Numbers rounded so that they add up to a total: the largest remainders are rounded up.

    Source: the method of largest remainders (Hamilton). Each is within two units of its exact value.
    """
    floors = [round_exact_floor(number, scale) for number in exact]
    unit = Decimal(1).scaleb(-scale)
    left = int((total - sum(floors, Decimal(0))) / unit)
    order = sorted(range(len(exact)), key=lambda place: Fraction(floors[place]) - exact[place])
    for step in range(abs(left) if order else 0):
        place = order[step % len(order)] if left > 0 else order[-1 - step % len(order)]
        floors[place] += unit if left > 0 else -unit
    return floors


def round_exact_floor(number: Fraction, scale: int) -> Decimal:
    """The largest number with so many places that is not above it."""
    return Decimal(number.numerator * 10**scale // number.denominator).scaleb(-scale)


def find_badness(indicator: Indicator, change: Fraction) -> int:
    """By what a contribution is multiplied so that what worsens, or what goes along, is the larger."""
    if indicator.direction is Direction.NEITHER:
        return 1 if change >= 0 else -1
    return -1 if indicator.direction is Direction.HIGHER else 1


def list_lines(found: FigureChange, way: ChangeWay, *, everything: bool = False) -> list[ChangeLine]:
    """The bars of one split, from what worsened the figure to what mended it; the small ones together, and
    what is unknown last. Their numbers add up to the difference of the two printed values."""
    sign = find_badness(found.indicator, found.exact)
    by_size = sorted(way.pieces, key=lambda one: -abs(one.contribution.total))
    cut = len(by_size) if everything or len(by_size) <= MOST + 1 else MOST
    shown = sorted(by_size[:cut], key=lambda one: -sign * one.contribution.total)
    rest = sum((one.contribution.total for one in by_size[cut:]), Fraction(0))
    exact = [one.contribution.total for one in shown] + ([rest] if cut < len(by_size) else [])
    numbers = apportion(exact, found.rounded, found.indicator.scale)
    unknown = list(_list_unknown(found))
    reach = _find_reach(exact, [bounds for *_, bounds in unknown])
    lines = [
        _make_line(found.indicator, one, number, sign, reach)
        for one, number in zip(shown, numbers, strict=False)
    ]
    if cut < len(by_size):
        bar = draw_change_bar(Fraction(0), rest, reach, "neutral")
        lines.append(ChangeLine(f"其余{len(by_size) - cut}项合计", write_number(numbers[-1]), "neutral", bar))
    return lines + [_make_unknown_line(found.indicator, *one, reach) for one in unknown]


def _make_line(
    indicator: Indicator, piece: ChangePiece, number: Decimal, sign: int, reach: Fraction
) -> ChangeLine:
    total = piece.contribution.total
    kind = "neutral" if indicator.direction is Direction.NEITHER or not total else _judge(total * sign)
    own = round_exact(piece.contribution.own, indicator.scale)
    return ChangeLine(
        label=piece.label,
        told=write_number(number),
        kind=kind,
        bar=draw_change_bar(Fraction(0), total, reach, kind),
        piece=piece,
        now=_write_counted(indicator, piece.now) if piece.of_rows else "",
        before=_write_counted(indicator, piece.before) if piece.of_rows else "",
        own=write_number(own),
        weight=write_number(number - own),
        number=number,
    )


def _judge(badness: Fraction) -> str:
    return "worse" if badness > 0 else "better"


def _write_counted(indicator: Indicator, counted: Counted | None) -> str:
    """97.62%（41 ÷ 42）"""
    if counted is None:
        return NO_DATA
    if counted.below is None:
        return amount(counted.above * indicator.formula.times)
    parts = f"（{amount(counted.above)} ÷ {amount(counted.below)}）"
    if not counted.below:
        return NOT_APPLICABLE + parts
    value = indicator.round_value(counted.above * indicator.formula.times / counted.below)
    return with_unit(value, indicator.unit) + parts


_Bounds = tuple[Fraction, Fraction] | None  # how far the unknown can move the change, down and up


def _list_unknown(found: FigureChange) -> Iterator[tuple[Figure, Period, _Bounds]]:
    """The figures of which not everything is known, with what that may add to the change."""
    for figure, other, sign in ((found.now, found.before, 1), (found.before, found.now, -1)):
        if figure.status is Status.PARTLY:
            bounds: _Bounds = None
            if figure.low is not None and figure.high is not None and figure.value is not None:
                ends = sorted(
                    sign * (Fraction(end) - Fraction(figure.value)) for end in (figure.low, figure.high)
                )
                bounds = (ends[0], ends[1])
            yield figure, other.period, bounds


def _find_reach(exact: Sequence[Fraction], unknown: Sequence[_Bounds]) -> Fraction:
    """What the longest bar stands for; a wide interval is cut off rather than making all bars invisible."""
    longest = max((abs(one) for one in exact), default=Fraction(0))
    widest = max((abs(end) for bounds in unknown if bounds for end in bounds), default=Fraction(0))
    return max(longest, min(widest, 2 * longest)) or widest or Fraction(1)


def _make_unknown_line(
    indicator: Indicator, figure: Figure, other: Period, bounds: _Bounds, reach: Fraction
) -> ChangeLine:
    label = f"{name_period_beside(figure.period, other)}数据不明"
    if bounds is None:
        bar = draw_change_bar(-reach, reach, reach, "unknown")
        return ChangeLine(label, "无法估计", "unknown", bar, remark=figure.reason)
    low, high = (write_number(round_exact(end, indicator.scale)) for end in bounds)
    bar = draw_change_bar(*bounds, reach, "unknown")
    return ChangeLine(label, f"{low} ～ {high}", "unknown", bar, remark=figure.reason)


def write_proof(found: FigureChange, way: ChangeWay) -> str:
    """各项贡献合计 −0.30 = 98.38% − 98.68% ✓"""
    unit = found.indicator.unit
    assert found.now.value is not None and found.before.value is not None
    exact = sum((one.contribution.total for one in way.pieces), Fraction(0))
    relation, sign = ("=", "✓") if exact == found.exact else ("≠", "✕")
    values = f"{with_unit(found.now.value, unit)} − {with_unit(found.before.value, unit)}"
    return f"各项贡献合计 {write_number(found.rounded)} {relation} {values} {sign}"


def write_summary(found: FigureChange, chosen: ChangeWay) -> str:
    """One sentence that can be read upward: what moved, how far, and what moved it."""
    now, before = found.now, found.before
    view = FigureView(found.indicator, now.period, now)
    value = FigureView(found.indicator, before.period, before).value
    moved = "持平"
    if found.rounded:
        unit = name_change_unit(found.indicator.unit)
        gap = "" if unit == "个百分点" else " "
        moved = f"{'上升' if found.rounded > 0 else '下降'}{abs(found.rounded):,f}{gap}{unit}"
    said = f"{now.period.label}{found.indicator.title}{view.value}，"
    said += f"比{name_period_beside(before.period, now.period)}（{value}）{moved}"
    if view.judged:
        said += f"，目标{view.aim}，{view.judged.attainment.value}"
    grounds = [ground for way in _choose_ways(found, chosen) if (ground := _name_grounds(found, way))]
    return said + ("。" if not grounds else f"。主要影响：{'；'.join(grounds)}。")


def _choose_ways(found: FigureChange, chosen: ChangeWay) -> list[ChangeWay]:
    """The chosen split first, then the others; a sentence that is read upward names no agent."""
    others = [one for one in found.ways if one is not chosen and one.split is not AGENT]
    return [chosen, *others][:_WAYS]


def _name_grounds(found: FigureChange, way: ChangeWay) -> str:
    """按时段，9时（−0.11）、10时（−0.08）; of what went along with the change, as the bars have it."""
    sign = 1 if found.rounded > 0 else -1
    along = sorted(
        (one for one in list_lines(found, way) if one.piece and one.piece.of_rows and one.number * sign > 0),
        key=lambda one: -sign * one.number,
    )
    named = "、".join(f"{one.label}（{one.told}）" for one in along[:_NAMED])
    return f"按{way.split.title}，{named}" if named and found.rounded else ""


def count_missed(indicator: Indicator, counted: Counted) -> Fraction | None:
    """What was not reached: of a share the denominator's that the numerator lacks, or the numerator itself
    where less is better; None where nothing can be missed."""
    if indicator.formula.kind is not Quantity.SHARE or counted.below is None or not can_miss(indicator):
        return None
    return counted.above if indicator.direction is Direction.LOWER else counted.below - counted.above


def name_missed(indicator: Indicator) -> str:
    """What `count_missed` counts."""
    return "计入分子" if indicator.direction is Direction.LOWER else "未计入分子"


def get_missed_unit(indicator: Indicator) -> str:
    """In what it counts."""
    return get_part_unit(indicator.formula.denominator or indicator.formula.numerator)


def list_missed_hours(found: FigureChange) -> list[HeatCell]:
    """A week of what was missed; empty where the indicator has no hours, or nothing that can be missed."""
    cells = []
    for place in range(7 * 24) if found.hours else ():
        hour = f"{WEEKDAYS[place // 24]}{place % 24}时"
        counted = found.hours.get(place)
        missed = count_missed(found.indicator, counted) if counted else None
        if counted is None or not counted.below or missed is None:
            cells.append(HeatCell(place // 24, place % 24, None, "", f"{hour}：{NOT_APPLICABLE}", "nothing"))
            continue
        told = f"{hour}：{name_missed(found.indicator)} {amount(missed)}，分母 {amount(counted.below)}"
        cells.append(HeatCell(place // 24, place % 24, missed, amount(missed), told))
    return cells if any(cell.value is not None for cell in cells) else []
