"""Claims as a TOML section says them: [[claims.ratio]], [[claims.total]], …"""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

from kpi.evaluation.claims.claim import Claim, PrintedNumber, read_printed_number
from kpi.evaluation.claims.rates import MeanClaim, OverallRateClaim, PercentageClaim, RatioClaim
from kpi.evaluation.claims.statements import (
    CitationClaim,
    PeriodClaim,
    PrintedPlace,
    ReliabilityClaim,
    RepeatedClaim,
    SpendingClaim,
)
from kpi.evaluation.claims.sums import SeriesClaim, SeriesStep, TotalClaim, TotalPart
from tracker.toml_file import TomlTable, read_exact_number

UNKNOWN = "?"


def read_claims(node: TomlTable) -> list[Claim]:
    """The claims of a [claims] section, in the order of the kinds. Raises: the node's problem."""
    node.only(*READERS)
    return [READERS[kind](one) for kind in node.data for one in node.tables(kind)]


def _read_ratio(node: TomlTable) -> Claim:
    node.only("of", "where", "numerator", "denominator", "stated")
    return RatioClaim(
        **_read_common(node), numerator=_read(node, "numerator"), denominator=_read(node, "denominator"),
        stated=_read(node, "stated"),
    )  # fmt: skip


def _read_overall(node: TomlTable) -> Claim:
    node.only("of", "where", "rows", "stated")
    return OverallRateClaim(
        **_read_common(node), rows=tuple(node.read_each("rows", _read_pair)), stated=_read(node, "stated")
    )


def _read_mean(node: TomlTable) -> Claim:
    node.only("of", "where", "values", "stated")
    values = tuple(node.read_each("values", _read_counted))
    return MeanClaim(**_read_common(node), values=values, stated=_read(node, "stated"))


def _read_percentage(node: TomlTable) -> Claim:
    node.only("of", "where", "stated", "limit")
    limit = node.number("limit") if "limit" in node else Fraction(100)
    return PercentageClaim(**_read_common(node), stated=_read(node, "stated"), limit=limit)


def _read_total(node: TomlTable) -> Claim:
    node.only("of", "where", "parts", "stated")
    parts = node.table("parts")
    named = tuple(TotalPart(title, _read(parts, title)) for title in parts.data)
    return TotalClaim(**_read_common(node), parts=named, stated=_read(node, "stated"))


def _read_series(node: TomlTable) -> Claim:
    node.only("of", "where", "opening", "steps")
    opening = node.number("opening") if "opening" in node else None
    return SeriesClaim(
        **_read_common(node), opening=opening, steps=tuple(node.read_each("steps", _read_step))
    )


def _read_repeated(node: TomlTable) -> Claim:
    node.only("of", "where", "said")
    entries = node.table("said")
    places = tuple(PrintedPlace(_read(entries, where), where) for where in entries.data)
    if len(places) < 2:
        raise node.problem("said", "至少要有两处。")
    return RepeatedClaim(**_read_common(node), places=places)


def _read_evidence(node: TomlTable) -> Claim:
    node.only("of", "where", "cites")
    return CitationClaim(**_read_common(node), cites=node.text("cites"))


def _read_statistic(node: TomlTable) -> Claim:
    node.only("of", "where", "period", "sample")
    return PeriodClaim(
        **_read_common(node), period=_read_period(node, "period"), sample=_read_period(node, "sample")
    )


def _read_reliability(node: TomlTable) -> Claim:
    node.only("of", "where", "alpha")
    return ReliabilityClaim(**_read_common(node), alpha=node.number("alpha"))


def _read_spending(node: TomlTable) -> Claim:
    node.only("of", "where", "score", "full", "used")
    return SpendingClaim(
        **_read_common(node), score=node.number("score"), full=node.number("full"), used=_read(node, "used")
    )


READERS: dict[str, Callable[[TomlTable], Claim]] = {
    "ratio": _read_ratio,
    "overall": _read_overall,
    "mean": _read_mean,
    "percentage": _read_percentage,
    "total": _read_total,
    "series": _read_series,
    "repeated": _read_repeated,
    "evidence": _read_evidence,
    "statistic": _read_statistic,
    "reliability": _read_reliability,
    "spending": _read_spending,
}


def _read_common(node: TomlTable) -> dict[str, str]:
    return {"of": node.text("of"), "where": node.text("where", "—").removeprefix("—")}


def _read(node: TomlTable, key: str) -> PrintedNumber:
    found: PrintedNumber = node.read(key, read_printed_number)
    return found


def _read_pair(raw: Any) -> tuple[PrintedNumber, PrintedNumber]:
    if not isinstance(raw, list) or len(raw) != 2:
        raise ValueError("每行应写成 [分子, 分母]。")
    return read_printed_number(raw[0]), read_printed_number(raw[1])


def _read_counted(raw: Any) -> tuple[PrintedNumber, int]:
    """A value, or [value, how often]."""
    if isinstance(raw, list) and len(raw) == 2 and isinstance(raw[1], int):
        return read_printed_number(raw[0]), raw[1]
    return read_printed_number(raw), 1


def _read_step(raw: Any) -> SeriesStep:
    if not isinstance(raw, list) or len(raw) != 4:
        raise ValueError('每期应写成 ["1月", 增加, 减少, 期末]，不知道的写 "?"。')
    title, joined, left, closing = raw
    return SeriesStep(
        str(title), _read_known_number(joined), _read_known_number(left), read_exact_number(closing)
    )


def _read_known_number(raw: Any) -> Fraction | None:
    return None if raw == UNKNOWN else read_exact_number(raw)


def _read_period(node: TomlTable, key: str) -> tuple[date, date]:
    days = node.days(key)
    if len(days) != 2 or days[0] > days[1]:
        raise node.problem(key, "应写成 [2023-01-01, 2023-12-31]：首日和末日。")
    return days[0], days[1]
