"""业务日报 and 话务质检."""

from datetime import date

from ingest.cells import Vocabulary, memoize, read_count, read_day, read_id
from ingest.kinds.glance import Glance, add_up, count_if
from ingest.kinds.kind import Build, Reading, TableKind
from ingest.recognition.fields import Field, add_titles
from tracker.events.daily_counts import CallInspected, DayCounted

VERDICTS = {
    "passed": "合格 通过 达标 是 pass passed 优秀 良好",
    "failed": "不合格 未通过 不达标 不通过 否 fail failed",
}  # fmt: skip

COUNT_FIELDS = add_titles(
    (DayCounted,),
    Field(
        key="counted_on", read=read_day, required=True,
        names="统计日期 日报日期 报表日期 上报日期 date",
    ),
    Field(
        key="messages", read=read_count, additive=True,
        names="短信数 短信发送量 发送短信 短信条数 短信量 短信发送数",
    ),
    Field(
        key="cases", read=read_count, additive=True,
        names="办件数 办件总量 受理办件量 日办件量 窗口办件量",
    ),
    Field(
        key="visits", read=read_count, additive=True,
        names="接待人数 来访人次 接待办事人次 窗口接待人次 接待量",
    ),
)  # fmt: skip

INSPECTION_FIELDS = add_titles(
    (CallInspected,),
    Field(
        key="inspected_on", read=read_day, required=True,
        names="质检时间 检查日期 抽检日期 评分日期 质检完成时间",
    ),
    Field(
        key="call_id", title="流水号", read=read_id, required=True,
        names="通话流水号 呼叫流水号 话单流水号 录音流水号 来电流水号 录音编号 通话ID callid",
    ),
    Field(
        key="agent", title="座席工号", read=memoize(read_id),
        names="坐席工号 话务员工号 被质检工号 坐席 座席 工号",
    ),
    Field(
        key="passed", title="质检结果", read=Vocabulary(VERDICTS), required=True,
        names="是否合格 质检结论 合格情况 检查结果 抽检结果",
    ),
)  # fmt: skip


def build_counts(reading: Reading) -> Build:
    """One event a day; an empty cell was not reported, a 0 is a real zero."""

    def events(
        counted_on: date, messages: int | None, cases: int | None, visits: int | None
    ) -> tuple[DayCounted]:
        return (DayCounted(counted_on=counted_on, messages=messages, cases=cases, visits=visits),)

    return events


def build_inspections(reading: Reading) -> Build:
    """One event an inspected call."""

    def events(inspected_on: date, call_id: str, agent: str | None, passed: str) -> tuple[CallInspected]:
        inspected = CallInspected(
            call_id=call_id, inspected_on=inspected_on, agent=agent, passed=passed == "passed"
        )
        return (inspected,)

    return events


def _get_counted_day(event: DayCounted) -> date:
    return event.counted_on


def _get_inspected_day(event: CallInspected) -> date:
    return event.inspected_on


DAILY_COUNTS = TableKind(
    name="daily_counts",
    called="日报 逐日 每日 业务量",
    source="daily_counts",
    fields=COUNT_FIELDS,
    build=build_counts,
    remarks="日报 当日 当天 本日 每日 今日 单日 日",
    mark="messages cases visits",
    dated_by="counted_on",
    day=_get_counted_day,
    one_of=("messages", "cases", "visits"),
    glance=Glance(
        table="daily_counts",
        day="counted_on",
        thing="天业务日报",
        parts=(
            add_up("messages", "短信", "条"),
            add_up("cases", "办件", "件"),
            add_up("visits", "接待", "人次"),
        ),
    ),
)
INSPECTIONS = TableKind(
    name="inspections",
    called="质检 抽检",
    source="inspections",
    fields=INSPECTION_FIELDS,
    build=build_inspections,
    remarks="质检 抽检 录音 通话 话务",
    has_state=True,
    mark="质检 agent 话单 通话 呼叫 录音 来电",
    dated_by="inspected_on",
    day=_get_inspected_day,
    glance=Glance(
        table="inspections", day="inspected_on", thing="通质检", parts=(count_if("passed", "合格"),)
    ),
)

KINDS = (DAILY_COUNTS, INSPECTIONS)
