"""知识库: the cards' words about changes of its entries."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random

from tests.kpi.from_cards.centre import Centre, draw_day
from tests.kpi.from_cards.plain import Number, Plain, count, share, within
from tracker.events import Event
from tracker.events.knowledge import ACTIONS, KnowledgeChanged
from tracker.periods import Period


def draw_events(random: Random) -> Iterator[Event]:
    """Changes of few entries, so that some are told twice."""
    for _ in range(60):
        yield _draw_change(random)


def _draw_change(random: Random) -> KnowledgeChanged:
    changed = draw_day(random)
    due = random.choice([None, changed + timedelta(days=random.choice([-3, -1, 0, 1, 40]))])
    return KnowledgeChanged(
        entry_id=f"K{random.randrange(20)}", action=random.choice([*ACTIONS]), changed_on=changed, due_on=due
    )


def _updates(centre: Centre, period: Period) -> list[KnowledgeChanged]:
    """只审核而没有改动的不算。"""
    told = {one.subject: one for one in centre.find_others(KnowledgeChanged)}  # a later word holds
    changes = ("created", "revised", "retired")
    return [one for one in told.values() if one.action in changes and within(one.changed_on, period)]


def knowledge_updates(centre: Centre, period: Period) -> Number:
    return count(_updates(centre, period))


def knowledge_update_on_time_rate(centre: Centre, period: Period) -> Number:
    dated = [one for one in _updates(centre, period) if one.due_on]
    return share((one for one in dated if one.due_on and one.changed_on <= one.due_on), dated)


PLAIN: tuple[Plain, ...] = (knowledge_updates, knowledge_update_on_time_rate)
