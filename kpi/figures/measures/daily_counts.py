"""Measures of what the centre counts by the day, and of inspected calls."""

import sqlalchemy as sa

from kpi.figures.measures.measure import Measure
from kpi.figures.measures.population import Population
from kpi.figures.source import DELIVER_LIST, Rhythm, Source
from tracker.facts.calls import calls
from tracker.facts.daily_counts import daily_counts, inspections


def _build_reported(key: str, column: str) -> Source:
    return Source(
        key=key,
        title=f"业务日报（{column}）",
        rhythm=Rhythm.DAILY,
        delivered_as="daily_counts",
        remedy=f"请补报缺失日期的业务日报，并填写“{column}”；确无业务的填0。",
    )


SOURCES = (
    Source(
        key="inspections",
        rhythm=Rhythm.MONTHLY,
        remedy=DELIVER_LIST,
    ),
    _build_reported("messages", "发送短信数"),
    _build_reported("cases", "办件量"),
    _build_reported("visits", "接待人次"),
)

DAYS = Population(
    key="daily_counts", title="一天的业务"
    "日报", rows=daily_counts, of=daily_counts, day=daily_counts.c.counted_on,
    columns=(
        ("发送短信数", daily_counts.c.messages),
        ("办件量", daily_counts.c.cases),
        ("接待人次", daily_counts.c.visits),
    ),
    source="cases", facts=("daily_counts",),
)  # fmt: skip

_inspected_call = sa.and_(
    calls.c.center_id == inspections.c.center_id, calls.c.subject == inspections.c.call_subject
)
INSPECTED = Population(
    key="inspections", title="一通抽检的电话", rows=inspections.outerjoin(calls, _inspected_call),
    of=inspections,
    day=sa.func.coalesce(calls.c.entered_on, inspections.c.inspected_on, type_=sa.Date),
    columns=(
        ("质检日期", inspections.c.inspected_on),
        ("通话", inspections.c.call_subject),
        ("座席", inspections.c.agent),
        ("合格", inspections.c.passed),
    ),
    source="inspections", facts=("inspections", "calls"),
)  # fmt: skip

POPULATIONS = (DAYS, INSPECTED)

MEASURES = (
    Measure(
        key="messages", title="发送短信", unit="条", among=DAYS, value=daily_counts.c.messages,
        sources=("messages",), about="业务日报所报的发送短信条数；空格是没有报，0是报了零。",
    ),
    Measure(
        key="cases", title="办件", unit="件", among=DAYS, value=daily_counts.c.cases,
        sources=("cases",), about="业务日报所报的办件量。",
    ),
    Measure(
        key="visits", title="接待来访", unit="人次", among=DAYS, value=daily_counts.c.visits,
        sources=("visits",), about="业务日报所报的接待人次。",
    ),
    Measure(
        key="inspections", title="抽检的电话", unit="通", among=INSPECTED,
        about="抽检的电话，按来电日期归月；手中没有这通电话的话单时按质检日期。",
    ),
    Measure(
        key="inspections_passed", title="抽检合格的电话", unit="通", among=INSPECTED,
        where=inspections.c.passed.is_(True), about="抽检结果为合格的电话。",
    ),
)  # fmt: skip
