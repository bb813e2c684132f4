"""统计设定 by hand: what a centre says once of its items, posts, platforms, and of itself."""

from datetime import date

from ingest.cells import Vocabulary, read_brief, read_day, text
from ingest.forms.form import Form, use_kind
from ingest.kinds import Build, Reading, RowProblem, TableKind
from ingest.recognition.fields import Field, add_titles
from tracker.events.declarations import TOPICS, TopicDeclared

TITLES = {topic: told.title for topic, told in TOPICS.items()}
ANSWERS = {"yes": "是", "no": "否"}


def build(reading: Reading) -> Build:
    """One event a name."""

    def events(
        topic: str, known_as: str | None, holds: str, first_day: date | None, basis: str | None
    ) -> tuple[TopicDeclared]:
        topic_text = TOPICS[topic]
        if topic_text.of is None and known_as is not None:
            raise RowProblem("known_as", f"不必填写：“{topic_text.title}”说的是本中心", "请清空名称")
        if topic_text.of is not None and known_as is None:
            raise RowProblem("known_as", "没有填写", f"请填写{topic_text.of}，与数据里的写法一致")
        if topic == "opened" and first_day is None:
            raise RowProblem("first_day", "没有填写", "请填写热线启用的第一天")
        return (
            TopicDeclared(
                topic=topic, known_as=known_as, holds=holds == "yes", first_day=first_day, basis=basis
            ),
        )

    return events


def _get_day(event: TopicDeclared) -> date:
    return event.first_day or date.min


DECLARATIONS = TableKind(
    name="declarations",
    source="declarations",
    fields=add_titles(
        (TopicDeclared,),
        Field(key="topic", read=Vocabulary(TITLES), required=True),
        Field(key="known_as", read=text),
        Field(key="holds", read=Vocabulary(ANSWERS), required=True),
        Field(key="first_day", title="起始日期", read=read_day),
        Field(key="basis", read=read_brief),
    ),
    build=build,
    dated_by="first_day",
    day=_get_day,
    past=False,
)

DECLARATION = Form(
    name="declaration",
    title="统计设定",
    about="数据本身说不清、需要中心说明一次的事项：哪些费用项目是人员经费，哪些岗位接听电话，哪些平台计入平台运转率，"
    "哪些诉求无须回访，话后评价的哪些按键算满意，热线哪天启用。有关指标按设定计算，没有设定的按不明处理。",
    kind=use_kind(DECLARATIONS),
    asks=("topic", "known_as", "holds", "first_day", "basis"),
    subject=lambda values: f"declarations/{values.get('topic', '')}",
    identity=("topic", "known_as"),
    events=(TopicDeclared.type,),
    hints={
        "known_as": "与数据里的写法一致；空格、括号、全角半角不区分。“热线启用”不填。",
        "holds": "是：是人员经费、接听电话、计入、应回访、已启用；否则选否。",
        "first_day": "从哪天起；留空表示一直如此。“热线启用”必填，即启用的第一天。",
    },
    values_of=lambda payload: {**payload, "holds": "yes" if payload["holds"] else "no"},
)
