"""Measures of the knowledge base."""

import sqlalchemy as sa

from kpi.figures.measures.measure import Measure
from kpi.figures.measures.population import Population
from kpi.figures.source import Rhythm, Source
from tracker.events.knowledge import ACTIONS
from tracker.facts.knowledge import knowledge

SOURCES = (
    Source(
        key="knowledge",
        rhythm=Rhythm.MONTHLY,
        optional=True,
        remedy="请报送月末以后导出的知识库更新记录；确无更新的，请签零报告。",
    ),
)

CHANGES = Population(
    key="knowledge_changes", title="一次知识库更新", rows=knowledge, of=knowledge, day=knowledge.c.changed_on,
    columns=(
        ("知识编号", knowledge.c.entry_id), ("操作", knowledge.c.action), ("日期", knowledge.c.changed_on),
        ("应完成日期", knowledge.c.due_on), ("责任单位", knowledge.c.unit), ("分类", knowledge.c.topic),
    ),
    source="knowledge", facts=("knowledge",), words={"操作": ACTIONS},
)  # fmt: skip

POPULATIONS = (CHANGES,)

_changed = knowledge.c.action.in_(("created", "revised", "retired"))
_dated = sa.and_(_changed, knowledge.c.due_on.is_not(None))

MEASURES = (
    Measure(
        key="knowledge_updates", title="知识库更新", unit="条", among=CHANGES, where=_changed,
        about="新增、更新和停用知识条目，一次算一条；只审核而没有改动的不算。",
    ),
    Measure(
        key="knowledge_updates_dated", title="有应完成日期的更新", unit="条", among=CHANGES, where=_dated,
        about="新增、更新和停用中，写有应完成日期的。",
    ),
    Measure(
        key="knowledge_updates_on_time", title="按期完成的更新", unit="条", among=CHANGES,
        where=sa.and_(_dated, knowledge.c.changed_on <= knowledge.c.due_on),
        about="写有应完成日期的更新中，操作日期不晚于它的。",
    ),
)  # fmt: skip
