"""Measures of the platform's probes."""

import sqlalchemy as sa

from kpi.figures.measures.measure import Measure
from kpi.figures.measures.population import Population
from tracker.facts.platform import probes

PROBES = Population(
    key="probes", title="一次巡检", rows=probes, of=probes, day=probes.c.probed_on,
    columns=(("巡检时间", probes.c.at), ("平台", probes.c.platform), ("正常", probes.c.up)),
    source="probes", facts=("probes",), rolled=True,
)  # fmt: skip

_hours = (
    sa.select(
        probes.c.center_id,
        probes.c.probed_on,
        probes.c.hour,
        sa.func.min(probes.c.subject).label("subject"),
        sa.func.min(probes.c.seq).label("seq"),
        sa.func.count().label("probes"),
    )
    .group_by(probes.c.center_id, probes.c.probed_on, probes.c.hour)
    .subquery("probe_hours")
)
PROBE_HOURS = Population(
    key="probe_hours", title="有巡检的一小时", rows=_hours, of=_hours, day=_hours.c.probed_on,
    columns=(("时", _hours.c.hour), ("巡检次数", _hours.c.probes)),
    source="probes", facts=("probes",), rolled=True,
)  # fmt: skip

POPULATIONS = (PROBES, PROBE_HOURS)

MEASURES = (
    Measure(key="probes", title="巡检次数", unit="次", among=PROBES, about="对平台的全部巡检。"),
    Measure(
        key="probes_up", title="正常的巡检", unit="次", among=PROBES, where=probes.c.up.is_(True),
        about="结果为正常的巡检。",
    ),
    Measure(
        key="probe_hours", title="有巡检的小时", unit="小时", among=PROBE_HOURS,
        about="至少有一次巡检记录的小时，不论结果；有据率按它计算。",
    ),
)  # fmt: skip
