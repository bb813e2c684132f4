"""The cards of a centre's definitions: those that hold in given months, and who decided them."""

from collections.abc import Iterable

from kpi.figures.catalogue import Card, card
from kpi.figures.definitions.in_force import Adoption, Definitions
from kpi.figures.indicators import Indicator
from tracker.events.times import day_of
from tracker.periods import Month


def cards_in_force(known: Definitions, key: str, months: Iterable[Month]) -> list[Card]:
    """A card for each version of an indicator that holds in one of the months, the earliest first."""
    return [adopted_card(known, one) for one in versions_in_force(known, key, months)]


def versions_in_force(known: Definitions, key: str, months: Iterable[Month]) -> list[Indicator]:
    """The versions of an indicator that hold in one of the months, the earliest first."""
    return known.of_versions(key, {known.in_force(key, month).version for month in months})


def adopted_card(known: Definitions, indicator: Indicator) -> Card:
    """A card that also says who decided the version."""
    return card(indicator) | {"采用": _decided(known.adoptions(indicator.key).get(indicator.version))}


def _decided(adoption: Adoption | None) -> str:
    if adoption is None:
        return "随系统发布"
    clause = f"；依据：{adoption.clause}" if adoption.clause else ""
    return (
        f"{adoption.proposed_by}提出、{adoption.approved_by}批准，{day_of(adoption.adopted_at)}；"
        f"理由：{adoption.reason}{clause}"
    )
