"""The cards of a centre's definitions: those that hold in given months, and who decided them."""

from collections.abc import Iterable

from kpi.figures.catalogue import CardFields, build_card
from kpi.figures.definitions.in_force import Adoption, Definitions
from kpi.figures.indicators import Indicator
from tracker.events.times import get_day
from tracker.periods import Month


def list_cards_in_force(definitions: Definitions, key: str, months: Iterable[Month]) -> list[CardFields]:
    """A card for each version of an indicator that holds in one of the months, the earliest first."""
    return [build_adopted_card(definitions, one) for one in list_versions_in_force(definitions, key, months)]


def list_versions_in_force(definitions: Definitions, key: str, months: Iterable[Month]) -> list[Indicator]:
    """The versions of an indicator that hold in one of the months, the earliest first."""
    return definitions.select_versions(
        key, {definitions.find_in_force(key, month).version for month in months}
    )


def build_adopted_card(definitions: Definitions, indicator: Indicator) -> CardFields:
    """A card that also says who decided the version."""
    return build_card(indicator) | {
        "启用": _describe_decision(definitions.list_adoptions(indicator.key).get(indicator.version))
    }


def _describe_decision(adoption: Adoption | None) -> str:
    if adoption is None:
        return "随系统发布"
    clause = f"；依据：{adoption.clause}" if adoption.clause else ""
    return (
        f"{adoption.proposed_by}申请、{adoption.approved_by}批准，{get_day(adoption.adopted_at)}；"
        f"理由：{adoption.reason}{clause}"
    )
