"""A fork: another definition by which the same indicator is counted somewhere."""

from dataclasses import dataclass, replace

from kpi.figures.indicators import Card, Indicator
from kpi.figures.indicators.formula import Formula


@dataclass(frozen=True)
class Fork:
    """One way of counting. `definition` bears the indicator's own key, so that it can be adopted as it is."""

    name: str
    question: str  # what it answers otherwise
    title: str
    used_by: str  # who counts so
    definition: Indicator

    @property
    def key(self) -> str:
        return self.definition.key


def fork(
    base: Indicator, name: str, question: str, title: str, used_by: str, formula: Formula, card: Card
) -> Fork:
    """A fork with a formula and a card of its own; unit, scale, target and direction are the indicator's."""
    source = f"对照口径（{title}）：{used_by}"
    return Fork(
        name, question, title, used_by, replace(base, formula=formula, card=card, source=source, version=1)
    )


def like(base: Indicator, name: str, question: str, title: str, used_by: str, other: Indicator) -> Fork:
    """A fork that counts as another indicator does."""
    return fork(base, name, question, title, used_by, other.formula, other.card)
