"""What a centre says once and every figure goes by: which items are labour, which posts answer the phone."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, ClassVar, NamedTuple

from tracker.events.event import Event
from tracker.events.times import get_day_start
from tracker.events.title import Title
from tracker.names import fold_name


class Topic(NamedTuple):
    """A thing that is said once."""

    title: str
    of: str | None  # what it is said of; None: of the centre
    yes: str
    no: str
    unsaid: str  # what holds of a name of which nothing is said


TOPICS = {
    "labour": Topic(
        "人员经费", "费用项目", "是人员经费", "不是人员经费", "按不明处理，人员经费的指标无法核实"
    ),
    "phone_post": Topic("接听岗位", "岗位", "接听电话", "不接听电话", "按不明处理"),
    "platform": Topic("平台运转率的范围", "平台", "计入", "不计入", "计入"),
    "follow_up": Topic("应回访的诉求", "诉求类型", "应回访", "无须回访", "表扬无须回访，其余应回访"),
    "survey": Topic(
        "问卷指标的范围", "问卷", "计入", "不计入", "只有一种问卷的计入；几种问卷并存的按不明处理"
    ),
    "rating": Topic(
        "话后评价的按键", "按键", "算满意", "不算满意", "写明满意、不满意的按字面，数字等看不出的按不明处理"
    ),
    "opened": Topic("热线启用", None, "启用", "未启用", "启用以前的日期没有数据的，按缺计"),
}


@dataclass(frozen=True, kw_only=True)
class TopicDeclared(Event):
    """A centre says of a name, or of itself, whether something holds, and from which day on.

    Source: table or form of declarations (统计设定).
    """

    type: ClassVar[str] = "declaration.made"
    type_title: ClassVar[str] = "统计设定"
    source: ClassVar[str] = "declarations"

    topic: Annotated[str, Title("设定事项", words={key: topic.title for key, topic in TOPICS.items()})]
    known_as: Annotated[str | None, Title("名称")] = None  # None: said of the centre
    holds: Annotated[bool, Title("是否")]
    first_day: Annotated[date | None, Title("起始日")] = None  # None: always
    basis: Annotated[str | None, Title("依据")] = None

    @property
    def subject(self) -> str:
        return f"declarations/{self.topic}"

    @property
    def slot(self) -> str:
        if self.topic == "opened":
            return ""
        return f"{fold_name(self.known_as or '')}@{self.first_day or ''}"

    @property
    def occurred_at(self) -> datetime | None:
        return None if self.first_day is None else get_day_start(self.first_day)


TYPES = (TopicDeclared,)
THINGS = {"declarations": "统计设定"}
SOURCES = {"declarations": "统计设定"}
