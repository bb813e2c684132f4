"""Which definition holds: the packaged ones, and over them those that a centre adopted."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import orjson
import sqlalchemy as sa

from kpi.figures.definitions.document import dump_canonical, dump_definition
from kpi.figures.definitions.fields import DefinitionProblem
from kpi.figures.definitions.reading import read_document
from kpi.figures.indicators import EARLIER, GROUPS, INDICATORS, Indicator
from kpi.figures.measures import MEASURES
from tracker.facts.definitions import definitions
from tracker.periods import Month, Period

_ALWAYS = Month(1, 1)


@dataclass(frozen=True)
class Adoption:
    """A version that a centre adopted, and who decided it."""

    indicator: Indicator  # with the version and the first month
    proposed_by: str
    approved_by: str
    adopted_at: datetime
    reason: str
    clause: str | None
    event_seq: int


@dataclass(frozen=True)
class Definitions:
    """The definitions of a centre.

    Of each indicator there are the packaged versions and those adopted; in a month the latest begun one
    holds, an adopted one before any packaged one.
    """

    adopted: tuple[Adoption, ...] = ()

    def list_versions(self, key: str) -> tuple[Indicator, ...]:
        """All versions by the month they begin; an adopted one hides a packaged one of its number."""
        adopted = self._list_adopted(key)
        numbers = {indicator.version for indicator in adopted}
        packaged = [
            one for one in (*EARLIER, INDICATORS[key]) if one.key == key and one.version not in numbers
        ]
        return (*sorted(packaged, key=_get_beginning), *adopted)

    def version(self, key: str, number: int) -> Indicator:
        """The version of that number, in force or not. Raises: DefinitionProblem."""
        versions = {indicator.version: indicator for indicator in self.list_versions(key)}
        if number not in versions:
            numbers = "、".join(f"第{one}版" for one in sorted(versions))
            raise DefinitionProblem(f"{INDICATORS[key].title}没有第{number}版口径，已知的有：{numbers}。")
        return versions[number]

    def find_in_force(self, key: str, period: Period) -> Indicator:
        """The version by which a period is counted: the one in force in its last month."""
        return self._find_in_month(key, period.months[-1])

    def groups(self, period: Period) -> list[tuple[str, list[Indicator]]]:
        """All indicators by theme, each by the version of the period."""
        return [
            (title, [self.find_in_force(indicator.key, period) for indicator in indicators])
            for title, indicators in GROUPS
        ]

    def select_versions(self, key: str, numbers: Iterable[int]) -> list[Indicator]:
        """The versions of these numbers, the earliest in force first."""
        wanted_numbers = set(numbers)
        return [indicator for indicator in self.list_versions(key) if indicator.version in wanted_numbers]

    def list_adoptions(self, key: str) -> dict[int, Adoption]:
        """Number of the version → how it was adopted; packaged ones are absent."""
        return {one.indicator.version: one for one in self.adopted if one.indicator.key == key}

    def get_next_version(self, key: str) -> int:
        """The number that the next adopted version gets."""
        return 1 + max(indicator.version for indicator in self.list_versions(key))

    def describe_change_within(self, key: str, period: Period) -> str:
        """A sentence where the months of a period fall under several versions; else empty."""
        version = self.find_in_force(key, period)
        of_months = [self._find_in_month(key, month).version for month in version.months(period)]
        numbers = list(dict.fromkeys(of_months))
        if len(numbers) < 2:
            return ""
        begins = [
            f"第{one.version}版自{one.effective_from.label if one.effective_from else '最初'}起"
            for one in self.select_versions(key, numbers)[1:]
        ]
        return f"本期各月口径不一（{'、'.join(begins)}），全期按期末的第{version.version}版计算。"

    @cached_property
    def digest(self) -> str:
        """Changes with the packaged versions, the measures, and what was adopted: two parts, joined by +."""
        texts = [dump_canonical(dump_definition(one.indicator)) for one in self.adopted]
        return f"{compute_packaged_digest()}+{_hash_texts(texts)}" if texts else compute_packaged_digest()

    def _list_adopted(self, key: str) -> list[Indicator]:
        """By the first month, then by number."""
        indicators = [one.indicator for one in self.adopted if one.indicator.key == key]
        return sorted(indicators, key=_get_beginning)

    def _find_in_month(self, key: str, month: Month) -> Indicator:
        versions = self.list_versions(key)
        begun = [indicator for indicator in versions if _get_beginning(indicator)[0] <= month]
        return (begun or versions)[-1 if begun else 0]


PACKAGED = Definitions()


def read_definitions(connection: sa.Connection, center: str) -> Definitions:
    """The definitions of a centre, as its log says now."""
    rows = sa.select(definitions).where(definitions.c.center_id == center)
    return build_definitions(
        connection.execute(rows.order_by(definitions.c.indicator, definitions.c.version))
    )


def build_definitions(rows: Iterable[Any]) -> Definitions:
    """The definitions that rows of the fact table of adopted ones give, wherever they were read."""
    return Definitions(
        tuple(
            Adoption(
                read_document(orjson.loads(row.definition)),
                row.proposed_by,
                row.approved_by,
                row.adopted_at,
                row.reason,
                row.clause,
                row.event_seq,
            )
            for row in rows
            if row.indicator in INDICATORS  # one that a later package no longer has stays in the log
        )
    )


def compute_packaged_digest() -> str:
    """Changes when a packaged definition gets a new version, or an indicator or a measure comes or goes."""
    return _hash_texts([*(f"{key}:{indicator.version}" for key, indicator in INDICATORS.items()), *MEASURES])


def _hash_texts(texts: Sequence[str]) -> str:
    return hashlib.sha256(",".join(texts).encode()).hexdigest()[:16]


def _get_beginning(indicator: Indicator) -> tuple[Month, int]:
    return (indicator.effective_from or _ALWAYS, indicator.version)
