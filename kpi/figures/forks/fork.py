"""A fork: another definition by which the same indicator is counted somewhere."""

from dataclasses import dataclass, replace

from kpi.figures.indicators import Card, Example, Indicator
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


def build_fork(
    base: Indicator, name: str, question: str, title: str, used_by: str, formula: Formula, card: Card
) -> Fork:
    """A fork with a formula and a card of its own; unit, scale, target and direction are the indicator's."""
    source = f"其他口径（{title}）：{used_by}"
    return Fork(
        name, question, title, used_by, replace(base, formula=formula, card=card, source=source, version=1)
    )


def build_fork_like(
    base: Indicator, name: str, question: str, title: str, used_by: str, other: Indicator
) -> Fork:
    """A fork that counts as another indicator does."""
    return build_fork(base, name, question, title, used_by, other.formula, other.card)


def change_card(base: Indicator, above: str | None = None, below: str | None = None, **changed: str) -> Card:
    """The indicator's card with other parts; its example is made up: 90 of 100, or 5 leavers of 40."""
    leaving = base.key == "staff_turnover_rate"
    example = Example("5", "40", "12.50", "举例") if leaving else Example("90", "100", "90.00", "举例")
    card = base.card
    return replace(
        card, numerator=above or card.numerator, denominator=below or card.denominator, example=example,
        **changed,
    )  # fmt: skip
