"""A document as an indicator. What cannot be computed, or contradicts itself, is refused."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from kpi.figures.definitions.checks import UNITS, check
from kpi.figures.definitions.fields import DefinitionProblem, Fields
from kpi.figures.indicators import (
    INDICATORS,
    AtLeast,
    AtMost,
    Card,
    Direction,
    Example,
    Indicator,
    Rounding,
)
from kpi.figures.indicators.formula import Formula, Kind, Lowest, Median, Over, Part, Term
from kpi.figures.indicators.target import Span, Target
from kpi.figures.measures import MEASURES
from tracker.periods import Month, PeriodProblem, parse_period

MOST_PLACES = 6
_VERSIONS = 10_000


def indicator_of(document: Mapping[str, Any]) -> Indicator:
    """The indicator that a document defines; the inverse of `document.definition_document`.

    Raises: DefinitionProblem that names the field.
    """
    indicator = read_document(document)
    check(indicator)
    return indicator


def read_document(document: Mapping[str, Any]) -> Indicator:
    """The same for a document that was checked when it was adopted. Raises: DefinitionProblem."""
    fields = Fields(document)
    indicator = Indicator(
        key=fields.known("key", INDICATORS, "指标"),
        version=fields.whole("version", 1, _VERSIONS, default=1),
        effective_from=_month(fields),
        title=fields.text("title"),
        unit=_unit(fields),
        scale=fields.whole("scale", 0, MOST_PLACES),
        rounding=Rounding(fields.choice("rounding", list(Rounding), default=Rounding.HALF_UP)),
        direction=Direction[fields.choice("direction", ["higher", "lower", "neither"]).upper()],
        target=_target(fields.table_or_none("target")),
        year_to_date=fields.flag("year_to_date"),
        wilson=fields.flag("wilson"),
        source=fields.text("source"),
        formula=_formula(fields.table("formula")),
        card=_card(fields.table("card")),
    )
    fields.finish()
    return indicator


def _month(fields: Fields) -> Month | None:
    told = fields.text("effective_from", None)
    if told is None:
        return None
    try:
        month = parse_period(told)
    except PeriodProblem:
        month = None
    if not isinstance(month, Month):
        raise DefinitionProblem(f"字段 effective_from 应是月份，例如 2024-01，现在是“{told}”。")
    return month


def _unit(fields: Fields) -> str:
    unit = str(fields.text("unit", "", empty=True))
    if unit not in UNITS:
        known = "、".join(sorted(one for one in UNITS if one))
        raise DefinitionProblem(f"字段 unit：没有单位“{unit}”，可用的有：{known}；没有单位的写空文字。")
    return unit


def _target(fields: Fields | None) -> Target | None:
    if fields is None:
        return None
    least, most = (_decimal(fields, name) for name in ("at_least", "at_most"))
    span = Span[fields.choice("span", [one.name.lower() for one in Span], default="year").upper()]
    fewest = fields.whole("fewest", 1, 1_000_000, default=5)
    fields.finish()
    if (least is None) == (most is None):
        raise DefinitionProblem(
            "字段 target 里 at_least（至少）和 at_most（至多）应写一个，也只能写一个；"
            "没有目标的，不写 target。"
        )
    return AtMost(most, span, fewest) if most is not None else AtLeast(least or Decimal(0), span, fewest)


def _decimal(fields: Fields, name: str) -> Decimal | None:
    told = fields.take(name, None)
    if told is None:
        return None
    try:
        found = Decimal(told) if isinstance(told, str) else None
    except InvalidOperation:
        found = None
    if found is None or not found.is_finite():
        raise DefinitionProblem(
            f'字段 {fields.at(name)} 应是加引号的数，例如 "98"，单位就是指标的单位；现在是“{told}”。'
        )
    return found


def _formula(fields: Fields) -> Formula:
    kind = Kind(fields.choice("kind", list(Kind)))
    times = fields.whole("times", 1, 1_000_000, default=1)
    numerator = _part(fields.table("numerator"))
    below, lowest = fields.table_or_none("denominator"), fields.table_or_none("lowest")
    median = fields.table_or_none("median")
    fields.finish()
    denominator = None if below is None else _part(below)
    if lowest is not None:
        return _lowest(lowest, numerator, denominator, times, kind)
    if median is not None:
        return _median(median, numerator, denominator, times, kind)
    return Formula(numerator, denominator, times, kind)


def _lowest(fields: Fields, numerator: Part, denominator: Part | None, times: int, kind: Kind) -> Lowest:
    above, below = (fields.known(name, MEASURES, "计量") for name in ("above", "below"))
    fields.finish()
    if not all(MEASURES[key].among.compared for key in (above, below)):
        raise DefinitionProblem(
            f"字段 {fields.at('above')} 和 below 应是逐日比较的计量，例如 window_answered。"
        )
    return Lowest(numerator, denominator, times, kind, above=above, below=below)


def _median(fields: Fields, numerator: Part, denominator: Part | None, times: int, kind: Kind) -> Median:
    fewest = fields.whole("fewest", 1, 1_000_000)
    fields.finish()
    return Median(numerator, denominator, times, kind, fewest=fewest)


def _part(fields: Fields) -> Part:
    averaged = fields.flag("averaged")
    terms = tuple(_term(Fields(item, place)) for place, item in fields.items("terms"))
    fields.finish()
    return Part(terms, averaged)


def _term(fields: Fields) -> Term:
    term = Term(
        fields.known("measure", MEASURES, "计量"),
        _factor(fields),
        Over(fields.choice("over", list(Over), default=Over.ALL)),
    )
    fields.finish()
    return term


def _factor(fields: Fields) -> Fraction:
    told = fields.text("factor", "1")
    try:
        factor = Fraction(told)
    except (ValueError, ZeroDivisionError):
        factor = Fraction(0)
    if factor == 0:
        raise DefinitionProblem(
            f'字段 {fields.at("factor")} 应是不为0的整数或分数，例如 "1"、"1/1000"；现在是“{told}”。'
        )
    return factor


def _card(fields: Fields) -> Card:
    card = Card(
        why=fields.text("why"),
        numerator=fields.text("numerator"),
        denominator=fields.text("denominator", None),
        includes=fields.text("includes"),
        excludes=fields.text("excludes"),
        month=fields.text("month"),
        example=_example(fields.table("example")),
    )
    fields.finish()
    return card


def _example(fields: Fields) -> Example:
    example = Example(
        fields.text("numerator"),
        fields.text("denominator", None),
        fields.text("value"),
        fields.text("words", "", empty=True),
    )
    fields.finish()
    return example
