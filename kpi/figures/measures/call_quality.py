"""Measures of what callers and inspectors say of calls: ratings by key, and calls inspected."""

import sqlalchemy as sa

from kpi.figures.gap import GapCode
from kpi.figures.measures.calls import ANSWERED, CALLS
from kpi.figures.measures.certainty import declare_field, is_certain, is_possible
from kpi.figures.measures.declared import join_declared
from kpi.figures.measures.measure import Measure
from kpi.figures.measures.population import Population
from tracker.facts.calls import UNKNOWN, calls
from tracker.facts.daily_counts import inspections

SATISFIED = ("非常满意", "很满意", "十分满意", "满意", "比较满意", "较满意", "基本满意")
NOT_SATISFIED = ("一般", "不满意", "较不满意", "很不满意", "非常不满意", "十分不满意")

_rating_words, _is_same_rating = join_declared("rating", calls, calls.c.rating, calls.c.entered_on)
_satisfied = sa.case(
    (calls.c.rating.in_(SATISFIED), sa.true()),
    (calls.c.rating.in_(NOT_SATISFIED), sa.false()),
    else_=_rating_words.c.holds,
)
_is_answered = sa.func.coalesce(is_certain(ANSWERED), sa.false())
_ratings = (
    sa.select(
        calls.c.center_id,
        calls.c.subject,
        calls.c.seq,
        calls.c.entered_on,
        calls.c.entered_at,
        calls.c.agent,
        calls.c.rating,
        sa.cast(_satisfied, sa.Boolean).label("satisfied"),
        sa.true().label("by_agent"),  # that an agent took the call
        (
            sa.case((_satisfied.is_(None), " satisfied "), else_="")
            + sa.case((_is_answered, ""), else_=" by_agent ")
        ).label("unknown"),
    )
    .select_from(calls.outerjoin(_rating_words, _is_same_rating))
    .where(is_possible(ANSWERED), calls.c.rating.is_not(None))
    .subquery("ratings")
)
declare_field(_ratings.c.satisfied, "按键算不算满意", is_partly_known=True, code=GapCode.TOPIC_UNDECLARED)

declare_field(_ratings.c.by_agent, "电话是不是座席接的", is_partly_known=True)
_by_agent = _ratings.c.by_agent.is_(True)

RATINGS = Population(
    key="ratings", title="一次按键评价", rows=_ratings, of=_ratings, day=_ratings.c.entered_on,
    columns=(
        ("进入系统", _ratings.c.entered_at), ("座席", _ratings.c.agent), ("按键", _ratings.c.rating),
        ("算满意", _ratings.c.satisfied),
    ),
    source="calls", facts=("calls", "declarations"), rolled=True, regrouped=True,
    suspects=sa.select(calls.c.center_id, calls.c.entered_on.label("day")).where(
        sa.or_(UNKNOWN, calls.c.rating.not_in((*SATISFIED, *NOT_SATISFIED)))
    ),
)  # fmt: skip

_inspected = (
    sa.select(inspections.c.center_id, inspections.c.call_subject).distinct().subquery("inspected_subjects")
)
INSPECTED_CALLS = Population(
    key="inspected_calls", title="一通被抽检过的电话",
    rows=calls.join(
        _inspected,
        sa.and_(_inspected.c.center_id == calls.c.center_id, _inspected.c.call_subject == calls.c.subject),
    ),
    of=calls, day=calls.c.entered_on, columns=CALLS.columns, source="inspections",
    facts=("calls", "inspections"), words=CALLS.words, regrouped=True, suspects=CALLS.suspects,
)  # fmt: skip

POPULATIONS = (RATINGS, INSPECTED_CALLS)

MEASURES = (
    Measure(
        key="ratings", title="按键评价", unit="次", among=RATINGS, where=_by_agent,
        about="人工接听的呼入电话通话后来电人的按键评价，一通一次。",
    ),
    Measure(
        key="ratings_satisfied", title="满意的按键评价", unit="次", among=RATINGS,
        where=sa.and_(_by_agent, _ratings.c.satisfied.is_(True)),
        about="按键评价中算满意的：写明满意、基本满意等的按字面；数字等由中心在统计设定里说明哪些算满意。",
    ),
    Measure(
        key="calls_inspected", title="抽检过的接听电话", unit="通", among=INSPECTED_CALLS, where=ANSWERED,
        about="人工接听的呼入电话中质检抽到过的，按来电日期归月；一通抽几次的算一通，找不到话单的不算。",
    ),
)  # fmt: skip
