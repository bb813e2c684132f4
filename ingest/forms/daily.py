"""话务日报, the counts of a day, 质检 and 停机 by hand."""

from datetime import date, datetime

from ingest.cells import Vocabulary, make_moment_reader, read_brief, read_count, read_day, text
from ingest.forms.form import Form, use_kind
from ingest.kinds import Build, Reading, RowProblem, TableKind
from ingest.kinds.daily import DAILY_COUNTS, INSPECTIONS
from ingest.kinds.kind import check_order
from ingest.kinds.platform import UNNAMED
from ingest.recognition.fields import Field, add_titles
from tracker.events.calls import CallsTallied
from tracker.events.platform import PlatformDown

_YES = {"yes": "是", "no": "否"}


def build_tally(reading: Reading) -> Build:
    """One event a day; who was answered had reached the queue, and who reached it had called."""

    def events(
        counted_on: date, inbound: int | None, offered: int | None, answered: int | None
    ) -> tuple[CallsTallied]:
        if inbound is not None and offered is not None and offered > inbound:
            raise RowProblem("offered", "比呼入量还多", "请核对两个数；人工请求量只算进入人工队列的来电")
        if offered is not None and answered is not None and answered > offered:
            raise RowProblem("answered", "比人工请求量还多", "请核对两个数")
        return (CallsTallied(counted_on=counted_on, inbound=inbound, offered=offered, answered=answered),)

    return events


def build_outage(reading: Reading) -> Build:
    """One event an outage."""

    def events(
        platform: str | None,
        down_at: datetime,
        up_at: datetime | None,
        planned: str | None,
        reason: str | None,
    ) -> tuple[PlatformDown]:
        check_order(down_at, up_at, "up_at", ("停机开始", "恢复时间"))
        outage = PlatformDown(
            platform=platform or UNNAMED,
            down_at=down_at,
            up_at=up_at,
            planned=planned == "yes",
            reason=reason,
        )
        return (outage,)

    return events


CALL_TALLIES = TableKind(
    name="call_tallies",
    source="call_tallies",
    fields=add_titles(
        (CallsTallied,),
        Field(key="counted_on", read=read_day, required=True),
        Field(key="inbound", read=read_count),
        Field(key="offered", read=read_count),
        Field(key="answered", read=read_count),
    ),
    build=build_tally,
    dated_by="counted_on",
    day=lambda event: event.counted_on,
    one_of=("inbound", "offered", "answered"),
)

OUTAGES = TableKind(
    name="outages",
    source="outages",
    fields=add_titles(
        (PlatformDown,),
        Field(key="platform", read=text),
        Field(key="down_at", read=make_moment_reader(), required=True),
        Field(key="up_at", read=make_moment_reader()),
        Field(key="planned", read=Vocabulary(_YES)),
        Field(key="reason", title="停机原因", read=read_brief),
    ),
    build=build_outage,
    dated_by="down_at",
    day=lambda event: event.down_at.date(),
)

CALL_TALLY = Form(
    name="call-tally",
    title="话务日报",
    about="按平台话务日报填写当天来电总数，用于与话单核对；接通率仍由话单计算。",
    kind=use_kind(CALL_TALLIES),
    asks=("counted_on", "inbound", "offered", "answered"),
    subject=lambda values: f"call_tally/{values.get('counted_on', '')}",
    identity=("counted_on",),
    events=(CallsTallied.type,),
    whole_day=True,
    hints={"offered": "进入人工队列的来电。", "inbound": "拨进来的全部来电。"},
    day="counted_on",
)

COUNTS = Form(
    name="counts",
    title="短信、办件、接待",
    about="一天报一次。未填视为未报送；确无业务的请填0。次日零时以后报送（或次日再确认）方视为已报送。",
    kind=use_kind(DAILY_COUNTS),
    asks=("counted_on", "messages", "cases", "visits"),
    subject=lambda values: f"day/{values.get('counted_on', '')}",
    identity=("counted_on",),
    events=("day.counted",),
    whole_day=True,
    day="counted_on",
)

INSPECTION = Form(
    name="inspection",
    title="质检",
    about="一通录音一条。",
    kind=use_kind(INSPECTIONS),
    asks=("inspected_on", "call_id", "agent", "passed"),
    subject=lambda values: f"inspection/{values.get('call_id', '')}/{values.get('inspected_on', '')}",
    identity=("call_id", "inspected_on"),
    events=("call.inspected",),
    hints={"call_id": "被抽查通话的流水号。"},
    day="inspected_on",
    values_of=lambda data: {**data, "passed": "passed" if data["passed"] else "failed"},
)

OUTAGE = Form(
    name="outage",
    title="平台停机",
    about="平台停用或发生故障的起止时间。平台运转率仍由巡检计算，本表说明原因。",
    kind=use_kind(OUTAGES),
    asks=("platform", "down_at", "up_at", "planned", "reason"),
    subject=lambda values: f"outage/{values.get('platform') or UNNAMED}/{values.get('down_at', '')}:00+08:00",
    identity=("platform", "down_at"),
    events=(PlatformDown.type,),
    hints={
        "up_at": "还没有恢复的先空着，恢复后从“手工录入”里更正补上。",
        "planned": "事先公告过的检修选“是”。",
    },
    moment="down_at",
    values_of=lambda data: {**data, "planned": "yes" if data["planned"] else "no"},
)
