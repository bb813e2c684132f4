"""The knowledge base that agents answer from: what was written, revised, reviewed and retired."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, ClassVar

from tracker.events.event import Event
from tracker.events.times import get_day_start
from tracker.events.title import Title

ACTIONS = {"created": "新增", "revised": "更新", "reviewed": "审核", "retired": "停用"}


@dataclass(frozen=True, kw_only=True)
class KnowledgeChanged(Event):
    """An entry of the knowledge base was created, revised, reviewed or retired.

    Source: list of changes (知识库更新记录), one row per change.
    """

    type: ClassVar[str] = "knowledge.changed"
    type_title: ClassVar[str] = "知识库更新"
    source: ClassVar[str] = "knowledge"

    entry_id: Annotated[str, Title("知识编号", code=True)]
    action: Annotated[str, Title("操作类型", words=ACTIONS)]
    changed_on: Annotated[date, Title("操作日期")]
    due_on: Annotated[date | None, Title("应完成日期")] = None  # None: no day was set
    unit: Annotated[str | None, Title("责任单位")] = None
    topic: Annotated[str | None, Title("知识分类")] = None

    @property
    def subject(self) -> str:
        return f"knowledge/{self.entry_id}/{self.changed_on}/{self.action}"

    @property
    def occurred_at(self) -> datetime:
        return get_day_start(self.changed_on)


TYPES = (KnowledgeChanged,)
THINGS = {"knowledge": "知识库更新"}
SOURCES = {"knowledge": "知识库更新记录"}
