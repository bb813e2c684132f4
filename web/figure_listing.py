"""The table of a period's indicators: looked through and sorted by what the address asks for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flask import request, url_for

from kpi.figures.performance import Performance
from web.as_of import NAME as AS_OF
from web.figure_view import FigureView
from web.filters import get_choice

Groups = Sequence[tuple[str, Sequence[FigureView]]]

_ORDER = (
    Performance.MISSED, Performance.BEHIND, Performance.NEUTRAL, Performance.ON_TRACK, Performance.MET,
)  # fmt: skip
_EVIDENCE = ("none", "partial", "full", "nothing", "ahead")
ONLY = (("", "全部"), ("missed", "未达标"), ("lacking", "数据不全"))
_ANCHOR = "all"


def _order_by_coverage(view: FigureView) -> Any:
    share = None if view.figure is None else view.figure.coverage
    return (share is None, share or Fraction(0))


_KEYS = {
    "name": lambda view: view.indicator.title,
    "aim": lambda view: _ORDER.index(view.performance),
    "coverage": _order_by_coverage,
    "state": lambda view: _EVIDENCE.index(view.kind),
}


@dataclass(frozen=True)
class FigureListing:
    """What the table shows: `groups` without a title where it is sorted by a column."""

    groups: Groups
    find: str
    only: str
    sort: str  # name, or -name from the last to the first; empty: by group
    total: int

    @property
    def count(self) -> int:
        return sum(len(views) for _, views in self.groups)

    def has(self, view: FigureView) -> bool:
        """Whether the table shows it, and with it the card of its definition."""
        return any(view is one for _, views in self.groups for one in views)

    @property
    def lock(self) -> str:
        """What all figures of the table are – 未锁定, 已锁定 or 已更正 –; empty where they differ."""
        locks = {view.lock for _, views in self.groups for view in views if view.lock}
        return locks.pop() if len(locks) == 1 else ""

    @property
    def is_narrowed(self) -> bool:
        return bool(self.find or self.only or self.sort)

    def get_aria(self, column: str) -> str:
        """How a column is sorted, in the words of aria-sort."""
        return {column: "ascending", f"-{column}": "descending"}.get(self.sort, "none")

    def link(self, column: str) -> str:
        """The address that sorts by a column, or the other way where it already does."""
        return self._address(f"-{column}" if self.sort == column else column)

    def _address(self, sort: str) -> str:
        asked = {"find": self.find, "only": self.only, "sort": sort, AS_OF: request.args.get(AS_OF)}
        wanted = {name: value for name, value in asked.items() if value}
        return url_for(str(request.endpoint), **(request.view_args or {}) | wanted, _anchor=_ANCHOR)


def make_listing(groups: Groups) -> FigureListing:
    """The table of these groups; what the address asks for and is not known is passed over."""
    find = " ".join(get_choice("find").split())[:40]
    only = get_choice("only") if get_choice("only") in dict(ONLY) else ""
    sort = get_choice("sort") if get_choice("sort").removeprefix("-") in _KEYS else ""
    found = [(title, [one for one in views if _matches(one, find, only)]) for title, views in groups]
    found = [(title, views) for title, views in found if views]
    if sort and found:
        found = [("", list(_sort([one for _, views in found for one in views], sort)))]
    return FigureListing(found, find, only, sort, sum(len(views) for _, views in groups))


def _matches(view: FigureView, find: str, only: str) -> bool:
    named = all(word in view.indicator.title.casefold() for word in find.casefold().split())
    if only == "missed":
        return named and view.performance in (Performance.MISSED, Performance.BEHIND)
    return named and (only != "lacking" or view.kind in ("partial", "none"))


def _sort(views: Sequence[FigureView], sort: str) -> Iterator[FigureView]:
    """Stable, so that what is alike stays in the order of the registry either way."""
    key = _KEYS[sort.removeprefix("-")]
    yield from sorted(views, key=key, reverse=sort.startswith("-"))
