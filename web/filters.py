"""A page's filters: a plain form whose choices stand in the address."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import request

ALL = ""


@dataclass(frozen=True)
class Filter:
    """A choice. What the address asks for stays visible even where nothing of it is there."""

    name: str  # in the address
    title: str
    options: tuple[tuple[str, str], ...]  # value, words; the first is what holds without a choice
    chosen: str

    @property
    def is_set(self) -> bool:
        return self.chosen != self.options[0][0]


def get_choice(name: str) -> str:
    """What the address asks for; empty without a choice."""
    return request.args.get(name, ALL)


def make_optional_filter(name: str, title: str, values: Iterable[str]) -> Filter:
    """All, or one of the values."""
    options = [(ALL, "全部"), *((value, value) for value in values)]
    chosen = get_choice(name)
    if chosen not in dict(options):
        options.append((chosen, f"{chosen}（本期无数据）"))
    return Filter(name, title, tuple(options), chosen)


def make_required_filter(name: str, title: str, options: Iterable[tuple[str, str]]) -> Filter:
    """Exactly one of the options; nonsense is the first."""
    listed = tuple(options)
    chosen = get_choice(name)
    return Filter(name, title, listed, chosen if chosen in dict(listed) else listed[0][0])
