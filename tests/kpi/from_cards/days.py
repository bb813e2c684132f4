"""日报与质检: the cards' words about daily counts and inspected calls."""

from datetime import date
from fractions import Fraction

from tests.kpi.from_cards.centre import Centre
from tests.kpi.from_cards.plain import Number, Plain, share, within
from tracker.events.daily_counts import CallInspected
from tracker.events.times import get_day
from tracker.periods import Period


def messages_sent(centre: Centre, period: Period) -> Number:
    return Number(Fraction(sum(day.messages or 0 for day in centre.days if within(day.counted_on, period))))


def cases_handled(centre: Centre, period: Period) -> Number:
    return Number(Fraction(sum(day.cases or 0 for day in centre.days if within(day.counted_on, period))))


def visits_received(centre: Centre, period: Period) -> Number:
    return Number(Fraction(sum(day.visits or 0 for day in centre.days if within(day.counted_on, period))))


def inspection_pass_rate(centre: Centre, period: Period) -> Number:
    inspected = {(one.call_id, one.inspected_on): one for one in centre.inspections}  # a later word holds
    ours = [one for one in inspected.values() if within(_counts_on(centre, one), period)]
    return share((one for one in ours if one.passed), ours)


def _counts_on(centre: Centre, inspection: CallInspected) -> date:
    """按来电日期归月；手中没有这通电话的话单时按质检日期。"""
    entered = {call.call_id: get_day(call.entered_at) for call in centre.calls}
    return entered.get(inspection.call_id, inspection.inspected_on)


PLAIN: tuple[Plain, ...] = (
    messages_sent,
    cases_handled,
    visits_received,
    inspection_pass_rate,
)
