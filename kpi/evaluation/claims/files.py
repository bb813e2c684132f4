"""Claims as a TOML section says them: [[claims.ratio]], [[claims.total]], …"""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

from kpi.evaluation.claims.claim import Claim, Printed, printed
from kpi.evaluation.claims.rates import Mean, Overall, Percentage, Ratio
from kpi.evaluation.claims.statements import Evidence, Reliability, Repeated, Said, Spending, Statistic
from kpi.evaluation.claims.sums import Part, Series, Step, Total
from tracker.toml_file import Node, read_exact_number

UNKNOWN = "?"


def read_claims(node: Node) -> list[Claim]:
    """The claims of a [claims] section, in the order of the kinds. Raises: the node's problem."""
    node.only(*READERS)
    return [READERS[kind](one) for kind in node.data for one in node.tables(kind)]


def _ratio(node: Node) -> Claim:
    node.only("of", "where", "numerator", "denominator", "stated")
    return Ratio(
        **_common(node), numerator=_printed(node, "numerator"), denominator=_printed(node, "denominator"),
        stated=_printed(node, "stated"),
    )  # fmt: skip


def _overall(node: Node) -> Claim:
    node.only("of", "where", "rows", "stated")
    return Overall(
        **_common(node), rows=tuple(node.read_each("rows", _pair)), stated=_printed(node, "stated")
    )


def _mean(node: Node) -> Claim:
    node.only("of", "where", "values", "stated")
    values = tuple(node.read_each("values", _counted))
    return Mean(**_common(node), values=values, stated=_printed(node, "stated"))


def _percentage(node: Node) -> Claim:
    node.only("of", "where", "stated", "limit")
    limit = node.number("limit") if "limit" in node else Fraction(100)
    return Percentage(**_common(node), stated=_printed(node, "stated"), limit=limit)


def _total(node: Node) -> Claim:
    node.only("of", "where", "parts", "stated")
    parts = node.table("parts")
    named = tuple(Part(title, _printed(parts, title)) for title in parts.data)
    return Total(**_common(node), parts=named, stated=_printed(node, "stated"))


def _series(node: Node) -> Claim:
    node.only("of", "where", "opening", "steps")
    opening = node.number("opening") if "opening" in node else None
    return Series(**_common(node), opening=opening, steps=tuple(node.read_each("steps", _step)))


def _repeated(node: Node) -> Claim:
    node.only("of", "where", "said")
    said = node.table("said")
    places = tuple(Said(_printed(said, where), where) for where in said.data)
    if len(places) < 2:
        raise node.problem("said", "至少要有两处。")
    return Repeated(**_common(node), places=places)


def _evidence(node: Node) -> Claim:
    node.only("of", "where", "cites")
    return Evidence(**_common(node), cites=node.text("cites"))


def _statistic(node: Node) -> Claim:
    node.only("of", "where", "period", "sample")
    return Statistic(**_common(node), period=_span(node, "period"), sample=_span(node, "sample"))


def _reliability(node: Node) -> Claim:
    node.only("of", "where", "alpha")
    return Reliability(**_common(node), alpha=node.number("alpha"))


def _spending(node: Node) -> Claim:
    node.only("of", "where", "score", "full", "used")
    return Spending(
        **_common(node), score=node.number("score"), full=node.number("full"), used=_printed(node, "used")
    )


READERS: dict[str, Callable[[Node], Claim]] = {
    "ratio": _ratio,
    "overall": _overall,
    "mean": _mean,
    "percentage": _percentage,
    "total": _total,
    "series": _series,
    "repeated": _repeated,
    "evidence": _evidence,
    "statistic": _statistic,
    "reliability": _reliability,
    "spending": _spending,
}


def _common(node: Node) -> dict[str, str]:
    return {"of": node.text("of"), "where": node.text("where", "—").removeprefix("—")}


def _printed(node: Node, key: str) -> Printed:
    found: Printed = node.read(key, printed)
    return found


def _pair(given: Any) -> tuple[Printed, Printed]:
    if not isinstance(given, list) or len(given) != 2:
        raise ValueError("每行应写成 [分子, 分母]。")
    return printed(given[0]), printed(given[1])


def _counted(given: Any) -> tuple[Printed, int]:
    """A value, or [value, how often]."""
    if isinstance(given, list) and len(given) == 2 and isinstance(given[1], int):
        return printed(given[0]), given[1]
    return printed(given), 1


def _step(given: Any) -> Step:
    if not isinstance(given, list) or len(given) != 4:
        raise ValueError('每期应写成 ["1月", 增加, 减少, 期末]，不知道的写 "?"。')
    title, joined, left, closing = given
    return Step(str(title), _known(joined), _known(left), read_exact_number(closing))


def _known(given: Any) -> Fraction | None:
    return None if given == UNKNOWN else read_exact_number(given)


def _span(node: Node, key: str) -> tuple[date, date]:
    days = node.days(key)
    if len(days) != 2 or days[0] > days[1]:
        raise node.problem(key, "应写成 [2023-01-01, 2023-12-31]：首日和末日。")
    return days[0], days[1]
