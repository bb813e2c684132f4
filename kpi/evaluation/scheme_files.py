"""Schemes as TOML files: packaged ones, a centre's own, or any file by its path."""

import re
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

from kpi.evaluation.numbers import read_share
from kpi.evaluation.rules import read_rule
from kpi.evaluation.scheme import (
    Feed,
    ListPoint,
    PointCondition,
    RatingBand,
    Scheme,
    SchemeGroup,
    SchemeItem,
    Take,
)
from kpi.evaluation.scheme_checks import check_scheme
from kpi.evaluation.target import parse_target
from kpi.figures.indicators import INDICATORS
from kpi.figures.measures import MEASURES
from tracker.toml_file import FileState, TomlTable, read_file_state, read_toml

PACKAGED = Path(__file__).with_name("schemes")

_RANGE = re.compile(r"([\[(])\s*([0-9.]+)\s*,\s*([0-9.]+)\s*([\])])$")
_WHEN = re.compile(r"(\w+)\s*(\S.*)$")


class SchemeProblem(ValueError):
    """评价方案写错了：说明里有文件、行号和改法。"""


class UnknownScheme(LookupError):
    """没有这个评价方案。"""


def read_scheme(path: Path) -> Scheme:
    """A scheme, checked; read again when its file changed.

    Raises: SchemeProblem with file, line and what to do.
    """
    return _read_scheme(path, read_file_state(path))


@lru_cache(maxsize=64)
def _read_scheme(path: Path, _: FileState | None) -> Scheme:
    node = read_toml(path, SchemeProblem)
    node.only(
        "title", "year", "source", "total", "places", "weights_assumed", "bands", "groups", "indicators"
    )
    scheme = Scheme(
        key=path.stem,
        title=node.text("title"),
        year=node.whole("year", 1),
        source=node.text("source"),
        total=node.number("total") if "total" in node else Fraction(100),
        places=node.whole("places", 0) if "places" in node else None,
        weights_assumed=node.texts("weights_assumed", ()),
        bands=tuple(_read_bands(node.table("bands"))),
        groups=tuple(_read_group(code, one) for code, one in node.named_tables("groups")),
        items=tuple(_read_item(code, one) for code, one in node.named_tables("indicators")),
    )
    check_scheme(node, scheme)
    return scheme


def list_scheme_paths(home: Path | None) -> dict[str, Path]:
    """Key → file: the packaged schemes, and those in the folder `schemes` of the home, which win."""
    found = {path.stem: path for path in PACKAGED.glob("*.toml")}
    if home is not None:
        found |= {path.stem: path for path in (home / "schemes").glob("*.toml")}
    return dict(sorted(found.items()))


def find_scheme(name: str, home: Path | None) -> Path:
    """The file of a scheme by its key or by its path. Raises: UnknownScheme."""
    if name.endswith(".toml"):
        return Path(name)
    paths = list_scheme_paths(home)
    if name not in paths:
        near = [key for key in paths if name in key] or list(paths)
        raise UnknownScheme(f"没有评价方案“{name}”；可用的有 {'、'.join(near)}。")
    return paths[name]


def _read_bands(node: TomlTable) -> list[RatingBand]:
    return [_read_band(node, name) for name in node.data]


def _read_band(node: TomlTable, name: str) -> RatingBand:
    found = _RANGE.match(node.text(name))
    if found is None:
        raise node.problem(name, '应写成区间，如 "[90, 100]"、"[80, 90)"：方括号含端点，圆括号不含。')
    opens, low, high, closes = found.groups()
    return RatingBand(name, Fraction(low), Fraction(high), opens == "[", closes == "]")


def _read_group(code: str, node: TomlTable) -> SchemeGroup:
    node.only("title", "weight", "under")
    under = node.text("under") if "under" in node else None
    return SchemeGroup(code, under, node.text("title"), node.number("weight"))


def _read_item(code: str, node: TomlTable) -> SchemeItem:
    node.only(
        "under", "title", "weight", "target", "rule", "points", "from", "evidence", "document",
        "unverifiable", "no_backing", "expert_mix", "clause",
    )  # fmt: skip
    wanted = node.text("target", "—")
    return SchemeItem(
        code=code,
        under=node.text("under"),
        title=node.text("title"),
        weight=node.number("weight"),
        wanted=wanted,
        target=parse_target(wanted),
        rule=read_rule(node.table("rule")),
        points=_read_points(node),
        feed=_read_feed(node.table("from")) if "from" in node else Feed(),
        evidence=node.texts("evidence", ()),
        needs_document=node.flag("document", default=True),
        unverifiable=node.read("unverifiable", read_share, "100%"),
        no_backing=node.read("no_backing", read_share, "0%"),
        expert_mix=node.flag("expert_mix"),
        clause=node.text("clause", "—"),
    )


def _read_feed(node: TomlTable) -> Feed:
    node.only("figure", "measure", "take", "attested", "checks")
    if sum(key in node for key in ("figure", "measure", "attested")) != 1:
        raise node.problem(None, "须在 figure（指标）、measure（统计项）、attested（人工填报）中写一个。")
    take = node.choice("take", list(Take), Take.VALUE)
    if "attested" in node:
        checks = _make_counting_feed(node.text("checks"), Take(take)) if "checks" in node else None
        return Feed(attested=node.text("attested"), checks=checks)
    if "checks" in node:
        raise node.problem("checks", "只能与 attested 同写：系统数据用来核对人工填报。")
    if "measure" in node:
        return Feed(measure=node.text("measure"), take=Take(take))
    return Feed(figure=node.text("figure"), take=Take(take))


def _make_counting_feed(key: str, take: Take) -> Feed:
    """What the log counts under a key; an indicator's where both have it or nothing does."""
    if key in MEASURES and key not in INDICATORS:
        return Feed(measure=key, take=take)
    return Feed(figure=key, take=take)


def _read_points(node: TomlTable) -> tuple[ListPoint, ...]:
    if "points" not in node:
        return ()
    return tuple(node.read_each("points", lambda one: _read_point(one)))


def _read_point(raw: object) -> ListPoint:
    """A text, or a table { text, when or checks, quantity }. Raises: ValueError."""
    if isinstance(raw, str):
        return ListPoint(raw)
    if not isinstance(raw, dict) or "text" not in raw or set(raw) - _POINT_KEYS:
        raise ValueError('每条写成文字，或 { text = "…", when = "指标编码 ≥100%", quantity = "…" }。')
    if "when" in raw and "checks" in raw:
        raise ValueError("when（只由系统判定）和 checks（人工填报，系统核对）只能写一个。")
    when, checks = (_read_condition(name, raw[name]) if name in raw else None for name in ("when", "checks"))
    return ListPoint(str(raw["text"]), when, checks, raw.get("quantity"))


_POINT_KEYS = {"text", "when", "checks", "quantity"}


def _read_condition(name: str, raw: object) -> PointCondition:
    found = _WHEN.match(str(raw))
    target = parse_target(found[2]) if found else None
    if found is None or target is None:
        raise ValueError(f"{name} 应写成“指标编码 ≥100%”，读到的是“{raw}”。")
    return PointCondition(found[1], target)
