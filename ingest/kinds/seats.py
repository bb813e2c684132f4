"""座席状态日志 and 合同坐席表: what agents did at their seats, and how many seats were to be staffed."""

import re
from datetime import date, datetime, timedelta

from ingest.cells import (
    CellParser,
    CellProblem,
    Column,
    Vocabulary,
    is_to_the_minute,
    make_moment_reader,
    memoize,
    read_brief,
    read_count,
    read_day,
    read_duration_ms,
    read_id,
    text,
    to_halfwidth,
    to_plain,
    to_unmarked,
)
from ingest.kinds.glance import Glance
from ingest.kinds.kind import Build, Reading, RowProblem, TableKind, check_order
from ingest.recognition.fields import Field, add_titles
from tracker.events.seats import AgentStateEntered, SeatsContracted
from tracker.tabular import Cell

# busy and 忙碌 are 通话 to one vendor and 示忙 to the next, 外呼 is a call or its dialling: none is guessed
STATES = {
    "signed_in": "签入 登录 登陆 上线 座席签入 坐席签入 login logon signin online",
    "signed_out": "签出 签退 登出 退出 离线 下线 强制签出 座席签出 坐席签出 未登录"
    " logout logoff signout offline",
    "idle": "空闲 示闲 置闲 闲置 就绪 强制示闲 空闲态 ready free available",
    "not_ready": "示忙 置忙 示忙态 强制示忙 未就绪 勿扰 notready pause paused",
    "rest": "小休 休息 就餐 用餐 午休 离席 休息态 break",
    "training": "培训 学习 会议 开会 学习态 培训会议 meeting",
    "ringing": "振铃 响铃 振铃中 ring",
    "dialing": "拨号 拨号中 呼叫中 外拨 calling dial",
    "talking": "通话 通话中 通话态 呼入 呼出 保持 挂起 三方通话 咨询通话 oncall incall talk hold",
    "wrap_up": "整理 事后整理 话后 话后处理 话后整理 话后调整 后处理 整理态 整理中 acw wrapup aftercallwork",
}  # fmt: skip
LONGEST = timedelta(hours=24)  # nobody works longer on end: such a state was never ended
ROUNDED = timedelta(seconds=1)

STATE_FIELDS = add_titles(
    (AgentStateEntered,),
    Field(
        key="agent", title="座席工号", read=memoize(read_id), required=True,
        names="坐席工号 话务员工号 座席编号 坐席编号 座席号 坐席号 坐席ID 座席ID 工号 坐席 座席"
        " agentid staffno cno usernum",
    ),
    Field(
        key="started_at", title="状态开始时间", read=make_moment_reader(marked=True), required=True,
        happened=True,
        names="开始时间 状态时间 统计操作开始时间 操作开始时间 状态变更时间 变更时间 状态时间戳 进入时间"
        " starttime begintime",
    ),
    Field(
        key="ended_at", title="状态结束时间", read=make_moment_reader(marked=True),
        names="结束时间 统计操作结束时间 操作结束时间 离开时间 endtime",
    ),
    Field(
        key="state", title="座席状态", read=Vocabulary(STATES), required=True,
        names="坐席状态 状态 状态名称 操作类型 状态类型 agentstate agentstatus",
    ),
    Field(
        key="duration_ms", title="状态持续时长", read=read_duration_ms, additive=True,
        names="持续时长 状态时长 持续时间 时长 停留时长 duration",
    ),
    Field(
        key="reason", title="状态原因", read=read_brief,
        names="小休原因 示忙原因 操作原因 原因 小休码 子状态 reason breakcode",
    ),
)  # fmt: skip

_DAYS = "一二三四五六日"
_DAY_WORDS = {"天": "日", "7": "日", "0": "日"} | {f"{n}": day for n, day in enumerate(_DAYS[:6], 1)}
_OF_WEEK = {"每天": "1234567", "每日": "1234567", "全周": "1234567", "周末": "67", "双休日": "67"}
_WEEKDAY = r"(?:周|星期|礼拜)?([一二三四五六日天1-7])"
_SPAN = re.compile(rf"{_WEEKDAY}(?:至|到|-|~|—+){_WEEKDAY}")
_ONE = re.compile(_WEEKDAY)
_CLOCK = re.compile(r"(\d{1,2})(?:(?::00){1,2}|时|点)?")


def weekdays(column: Column) -> CellParser:
    """Days of the week as numbers from 1, in order: 12345 for 周一至周五."""

    def parse(cell: Cell) -> str | None:
        written = to_halfwidth(to_plain(cell)).replace(" ", "")
        if not written:
            return None
        if written in _OF_WEEK:
            return _OF_WEEK[written]
        found: set[int] = set()
        for part in re.split("[、,，;和]", written):
            if between := _SPAN.fullmatch(part):
                first, last = map(_number, between.groups())
                found |= (
                    {*range(first, last + 1)} if first <= last else {*range(first, 8), *range(1, last + 1)}
                )
            elif one := _ONE.fullmatch(part):
                found.add(_number(one[1]))
            else:
                raise CellProblem(
                    "不是星期几", "请写成“周一至周五”“周六、周日”或“每天”；工作日、节假日请写明是周几"
                )
        return "".join(map(str, sorted(found)))

    return parse


def _number(name: str) -> int:
    return _DAYS.index(_DAY_WORDS.get(name, name)) + 1


def clock_hour(column: Column) -> CellParser:
    """A full hour of the clock, 0 to 24: 8, 8:00, 8时."""

    def parse(cell: Cell) -> int | None:
        written = to_halfwidth(to_plain(cell)).replace(" ", "")
        if not written:
            return None
        found = _CLOCK.fullmatch(written)
        if found is None or int(found[1]) > 24:
            raise CellProblem("不是整点", "请写成 8:00 这样的整点，最晚 24:00；半点起止的请按整点拆开")
        return int(found[1])

    return parse


SEAT_FIELDS = add_titles(
    (SeatsContracted,),
    Field(key="effective_on", read=read_day, required=True, names="生效时间 执行日期 起始日期 启用日期"),
    Field(key="weekdays", read=weekdays, required=True, names="周几 星期几 适用星期 weekday"),
    Field(
        key="from_hour", title="起始时间", read=clock_hour, required=True,
        names="开始时间 时段开始 起始时段",
    ),
    Field(
        key="to_hour", title="结束时间", read=clock_hour, required=True,
        names="截止时间 时段结束 结束时段",
    ),
    Field(
        key="seats", title="座席数", read=read_count, required=True, additive=True,
        names="坐席数 约定坐席数 合同坐席数 应到坐席数 在岗坐席数 席位数 坐席数量",
    ),
    Field(key="basis", title="依据", read=text, names="文号 合同名称 合同编号 依据文件"),
)  # fmt: skip


def build_states(reading: Reading) -> Build:
    """One event a state; a table without ends and lengths tells of changes alone."""
    until_next = not reading.present & {"ended_at", "duration_ms"}

    def events(
        agent: str,
        started_at: datetime,
        ended_at: datetime | None,
        state: str,
        duration_ms: int | None,
        reason: str | None,
    ) -> tuple[AgentStateEntered]:
        coarse = is_to_the_minute(started_at) or is_to_the_minute(ended_at)
        start, end = to_unmarked(started_at), to_unmarked(ended_at)
        assert start is not None
        check_order(start, end, "ended_at", ("状态开始时间", "状态结束时间"))
        if duration_ms is not None:
            end = _end(start, end, timedelta(milliseconds=duration_ms), coarse=bool(coarse))
        if end is not None and end - start > LONGEST and state != "signed_out":
            raise RowProblem(
                "ended_at", "一个状态持续了24小时以上", "多半是没有签出：请核对实际的结束时间后重新报送该行"
            )
        told = AgentStateEntered(
            agent=agent, state=state, started_at=start, ended_at=end, until_next=until_next,
            to_the_minute=coarse, reason=reason,
        )  # fmt: skip
        return (told,)

    return events


def _end(start: datetime, end: datetime | None, lasted: timedelta, *, coarse: bool) -> datetime:
    """Raises: RowProblem where end and length say two things."""
    if end is not None and abs(start + lasted - end) > (timedelta(minutes=1) if coarse else ROUNDED):
        raise RowProblem(
            "duration_ms", "与状态的起止时间不符", "请核对时长的单位和起止时间，改正后重新报送该行"
        )
    return start + lasted if end is None else end


def build_seats(reading: Reading) -> Build:
    """One event a row of the timetable."""

    def events(
        effective_on: date, weekdays: str, from_hour: int, to_hour: int, seats: int, basis: str | None
    ) -> tuple[SeatsContracted]:
        if to_hour <= from_hour:
            raise RowProblem(
                "to_hour", "不晚于起始时间", "跨零点的时段请拆成两行：到 24:00 为止一行，从 0:00 起一行"
            )
        row = SeatsContracted(
            effective_on=effective_on, weekdays=weekdays, from_hour=from_hour, to_hour=to_hour, seats=seats,
            basis=basis,
        )  # fmt: skip
        return (row,)

    return events


def _state_day(event: AgentStateEntered) -> date:
    return event.started_at.date()


def _seats_day(event: SeatsContracted) -> date:
    return event.effective_on


AGENT_STATES = TableKind(
    name="agent_states",
    called="座席状态 坐席状态 状态日志 签入 签出",
    source="agent_states",
    fields=STATE_FIELDS,
    build=build_states,
    remarks="座席 坐席 状态 统计",
    has_state=True,
    mark="座席状态 坐席状态 状态开始 状态持续 状态时长 统计操作 小休 示忙",
    dated_by="started_at",
    day=_state_day,
    when_repeated="同一座席同一时刻的同一状态只能有一行，请删去不对的一行",
    glance=Glance(
        table="agent_states",
        day="started_on",
        at="started_at",
        thing="条座席状态",
        daily=True,
        parts=(("count(DISTINCT agent)", "{:,} 个座席"),),
    ),
)
CONTRACTED_SEATS = TableKind(
    name="contracted_seats",
    called="合同坐席 合同座席 坐席排班 席位",
    source="contracted_seats",
    fields=SEAT_FIELDS,
    build=build_seats,
    remarks="坐席 座席 合同 约定",
    mark="weekdays 坐席数 座席数 席位数",
    dated_by="effective_on",
    day=_seats_day,
    past=False,
    glance=Glance(
        table="contracted_seats",
        day="effective_on",
        thing="个约定时段",
        parts=(("max(seats)", "最多 {:,} 席"),),
    ),
)

KINDS = (AGENT_STATES, CONTRACTED_SEATS)
