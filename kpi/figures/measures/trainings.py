"""Measures of trainings."""

from kpi.figures.measures.measure import Measure
from kpi.figures.measures.population import Population
from kpi.figures.source import DELIVER_LIST, Reach, Rhythm, Source
from tracker.facts.staffing import trainings

SOURCES = (
    Source(
        key="training",
        rhythm=Rhythm.MONTHLY,
        reach=Reach.SPARSE,
        remedy=DELIVER_LIST,
    ),
)

TRAININGS = Population(
    key="trainings", title="一场培训", rows=trainings, of=trainings, day=trainings.c.held_on,
    columns=(
        ("培训日期", trainings.c.held_on),
        ("培训内容", trainings.c.topic),
        ("应到人数", trainings.c.due),
        ("实到人数", trainings.c.attended),
        ("请假人数", trainings.c.on_leave),
    ),
    source="training", facts=("trainings",),
)  # fmt: skip

POPULATIONS = (TRAININGS,)

MEASURES = (
    Measure(
        key="training_sessions", title="培训场次", unit="场", among=TRAININGS, about="本期举办的培训。",
    ),
    Measure(
        key="training_due", title="培训应到人次", unit="人次", among=TRAININGS, value=trainings.c.due,
        about="本期各场培训的应到人数之和。",
    ),
    Measure(
        key="training_attended", title="培训实到人次", unit="人次", among=TRAININGS,
        value=trainings.c.attended, about="本期各场培训的实到人数之和。",
    ),
)  # fmt: skip
