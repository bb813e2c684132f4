"""知识库更新记录: one row a change of an entry."""

from datetime import date

from ingest.cells import Vocabulary, memoize, read_day, read_id, text
from ingest.kinds.glance import Glance
from ingest.kinds.kind import Build, Reading, TableKind
from ingest.recognition.fields import Field, add_titles
from tracker.events.knowledge import KnowledgeChanged

ACTIONS = {
    "created": "新增 新建 录入 入库 发布",
    "revised": "更新 修改 修订 变更 编辑",
    "reviewed": "审核 复核 核查 校验",
    "retired": "停用 下架 删除 废止 失效 撤销",
}

FIELDS = add_titles(
    (KnowledgeChanged,),
    Field(key="entry_id", read=read_id, required=True, names="知识点编号 知识条目编号 条目编号 知识ID"),
    Field(
        key="action", read=Vocabulary(ACTIONS), required=True,
        names="更新类型 操作 变更类型 维护类型 更新方式",
    ),
    Field(
        key="changed_on", read=read_day, required=True, happened=True,
        names="操作时间 更新时间 更新日期 维护时间 修改时间 发布时间 完成日期",
    ),
    Field(
        key="due_on", read=read_day, cost="知识库更新及时率",
        names="应更新日期 更新时限 要求完成日期 截止日期 应更新时间 完成时限",
    ),
    Field(key="unit", read=memoize(text), names="维护单位 更新单位 提供单位 责任部门 操作部门"),
    Field(key="topic", read=memoize(text), names="知识类别 知识类型 所属分类 分类"),
)  # fmt: skip


def build(reading: Reading) -> Build:
    """One event a change."""

    def events(
        entry_id: str, action: str, changed_on: date, due_on: date | None, unit: str | None, topic: str | None
    ) -> tuple[KnowledgeChanged]:
        change = KnowledgeChanged(
            entry_id=entry_id, action=action, changed_on=changed_on, due_on=due_on, unit=unit, topic=topic
        )
        return (change,)

    return events


def _day(event: KnowledgeChanged) -> date:
    return event.changed_on


KNOWLEDGE = TableKind(
    name="knowledge",
    called="知识库 知识",
    source="knowledge",
    fields=FIELDS,
    build=build,
    remarks="知识库 知识 条目",
    mark="知识",
    dated_by="changed_on",
    day=_day,
    when_repeated="同一条知识同一天的同一种操作只能有一行，请删去不对的一行",
    glance=Glance(table="knowledge", day="changed_on", thing="条知识库更新"),
)
KINDS = (KNOWLEDGE,)
