"""A document as an indicator. What cannot be computed, or contradicts itself, is refused."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from kpi.figures.definitions.checks import UNITS, check_definition
from kpi.figures.definitions.fields import (
    DefinitionProblem,
    read_bound,
    read_factor,
    read_known,
    read_month,
)
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
from kpi.figures.indicators.formula import Formula, Lowest, Median, Over, Part, Quantity, Term
from kpi.figures.indicators.target import Horizon, Target
from kpi.figures.measures import MEASURES
from tracker.toml_file import TomlTable, read_toml

MOST_PLACES = 6
_VERSIONS = 10_000


def read_definition_file(path: Path) -> Indicator:
    """The indicator that a TOML file defines. Raises: DefinitionProblem with file, line and field."""
    return read_definition(read_toml(path, DefinitionProblem))


def parse_indicator(document: Mapping[str, Any]) -> Indicator:
    """The indicator that a document defines; the inverse of `document.definition_document`.

    Raises: DefinitionProblem that names the field.
    """
    return read_definition(TomlTable(document, DefinitionProblem))


def read_definition(node: TomlTable) -> Indicator:
    """The indicator that a table defines. Raises: the node's problem."""
    indicator = _read_indicator(node)
    check_definition(indicator, node)
    return indicator


def read_document(document: Mapping[str, Any]) -> Indicator:
    """The indicator of a document that was checked when it was adopted. Raises: DefinitionProblem."""
    return _read_indicator(TomlTable(document, DefinitionProblem))


def _read_indicator(node: TomlTable) -> Indicator:
    node.only(
        "key", "version", "effective_from", "title", "unit", "scale", "rounding", "direction", "target",
        "year_to_date", "wilson", "source", "formula", "card",
    )  # fmt: skip
    return Indicator(
        key=read_known(node, "key", INDICATORS, "指标"),
        version=node.whole("version", 1, _VERSIONS, default=1),
        effective_from=read_month(node, "effective_from"),
        title=node.filled("title"),
        unit=_read_unit(node),
        scale=node.whole("scale", 0, MOST_PLACES),
        rounding=Rounding(node.choice("rounding", list(Rounding), default=Rounding.HALF_UP)),
        direction=Direction[node.choice("direction", ["higher", "lower", "neither"]).upper()],
        target=_read_target(node.table("target")) if "target" in node else None,
        year_to_date=node.flag("year_to_date"),
        wilson=node.flag("wilson"),
        source=node.filled("source"),
        formula=_read_formula(node.table("formula")),
        card=_read_card(node.table("card")),
    )


def _read_unit(node: TomlTable) -> str:
    unit = node.text("unit", "")
    if unit not in UNITS:
        available = "、".join(sorted(one for one in UNITS if one))
        raise node.problem("unit", f"：没有单位“{unit}”，可用的有 {available}；没有单位的写空文字。")
    return unit


def _read_target(node: TomlTable) -> Target:
    node.only("at_least", "at_most", "span", "fewest")
    least, most = read_bound(node, "at_least"), read_bound(node, "at_most")
    span = Horizon[node.choice("span", [one.name.lower() for one in Horizon], default="year").upper()]
    fewest = node.whole("fewest", 1, 1_000_000, default=5)
    if (least is None) == (most is None):
        raise node.problem(
            None,
            "里 at_least（至少）和 at_most（至多）应写一个，也只能写一个；没有目标的，不写 target。",
        )
    return AtMost(most, span, fewest) if most is not None else AtLeast(least or Decimal(0), span, fewest)


def _read_formula(node: TomlTable) -> Formula:
    node.only("kind", "times", "numerator", "denominator", "lowest", "median")
    kind = Quantity(node.choice("kind", list(Quantity)))
    times = node.whole("times", 1, 1_000_000, default=1)
    numerator = _read_part(node.table("numerator"))
    denominator = _read_part(node.table("denominator")) if "denominator" in node else None
    if "lowest" in node:
        return _read_lowest(node.table("lowest"), numerator, denominator, times, kind)
    if "median" in node:
        return _read_median(node.table("median"), numerator, denominator, times, kind)
    return Formula(numerator, denominator, times, kind)


def _read_lowest(
    node: TomlTable, numerator: Part, denominator: Part | None, times: int, kind: Quantity
) -> Lowest:
    node.only("above", "below")
    above, below = (read_known(node, name, MEASURES, "统计项") for name in ("above", "below"))
    for name, key in (("above", above), ("below", below)):
        if not MEASURES[key].among.compared:
            raise node.problem(name, "应为逐日比较的统计项，例如 window_answered。")
    return Lowest(numerator, denominator, times, kind, above=above, below=below)


def _read_median(
    node: TomlTable, numerator: Part, denominator: Part | None, times: int, kind: Quantity
) -> Median:
    node.only("fewest")
    return Median(numerator, denominator, times, kind, fewest=node.whole("fewest", 1, 1_000_000))


def _read_part(node: TomlTable) -> Part:
    node.only("averaged", "terms")
    terms = tuple(map(_read_term, node.tables("terms")))
    if not terms:
        raise node.problem("terms", "至少要有一项，写成 [[…terms]] 小节。")
    return Part(terms, node.flag("averaged"))


def _read_term(node: TomlTable) -> Term:
    node.only("measure", "factor", "over")
    return Term(
        read_known(node, "measure", MEASURES, "统计项"),
        read_factor(node, "factor"),
        Over(node.choice("over", list(Over), default=Over.ALL)),
    )


def _read_card(node: TomlTable) -> Card:
    node.only("why", "numerator", "denominator", "includes", "excludes", "month", "example")
    return Card(
        why=node.filled("why"),
        numerator=node.filled("numerator"),
        denominator=node.filled("denominator") if "denominator" in node else None,
        includes=node.filled("includes"),
        excludes=node.filled("excludes"),
        month=node.filled("month"),
        example=_read_example(node.table("example")),
    )


def _read_example(node: TomlTable) -> Example:
    node.only("numerator", "denominator", "value", "words")
    return Example(
        node.filled("numerator"),
        node.filled("denominator") if "denominator" in node else None,
        node.filled("value"),
        node.text("words", ""),
    )
