"""名称变更 by hand: a unit, post or agent that was renamed or merged, or that is new."""

from datetime import date

from ingest.cells import Vocabulary, read_brief, read_day, text
from ingest.forms.form import Form, use_kind
from ingest.kinds import Build, Reading, RowProblem, TableKind
from ingest.recognition.fields import Field, add_titles
from tracker.events.names import SORTS, WAYS, NameChanged
from tracker.names import fold_name


def build(reading: Reading) -> Build:
    """One event a name."""

    def events(
        sort: str, known_as: str, way: str, becomes: str | None, first_day: date | None, basis: str | None
    ) -> tuple[NameChanged]:
        if way == "distinct":
            if becomes is not None:
                raise RowProblem(
                    "becomes", "不必填写：新设的名称没有改成别的名称", "请清空现名称，或改选变更方式"
                )
        elif becomes is None:
            raise RowProblem("becomes", "没有填写", "请填写改名或并入以后的名称")
        elif fold_name(becomes) == fold_name(known_as):
            raise RowProblem(
                "becomes", "与原名称只差空格、括号或全角半角，已经按同一名称统计", "无须登记；请核对是否写错"
            )
        return (
            NameChanged(
                sort=sort, known_as=known_as, way=way, becomes=becomes, first_day=first_day, basis=basis
            ),
        )

    return events


def _get_day(event: NameChanged) -> date:
    return event.first_day or date.min


NAMES = TableKind(
    name="names",
    source="names",
    fields=add_titles(
        (NameChanged,),
        Field(key="sort", read=Vocabulary(SORTS), required=True),
        Field(key="known_as", read=text, required=True),
        Field(key="way", read=Vocabulary(WAYS), required=True),
        Field(key="becomes", read=text),
        Field(key="first_day", title="起始日期", read=read_day),
        Field(key="basis", read=read_brief),
    ),
    build=build,
    dated_by="first_day",
    day=_get_day,
    past=False,
)

NAME = Form(
    name="name",
    title="名称变更",
    about="承办单位、岗位、座席改名或并入其他名称的，登记以后按各月当时的名称统计；原始数据不变。",
    kind=use_kind(NAMES),
    asks=("sort", "known_as", "way", "becomes", "first_day", "basis"),
    subject=lambda values: f"names/{values.get('sort', '')}",
    identity=("sort", "known_as"),
    events=(NameChanged.type,),
    hints={
        "known_as": "与数据里的写法一致；空格、括号、全角半角不区分。新设的填新设的名称。",
        "way": "改名：同一单位或岗位换了名称。并入：原来是两个，以后合为一个。",
        "first_day": "使用现名称的第一天；留空表示同一名称的两种写法，不分先后。",
    },
)
