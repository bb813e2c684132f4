"""外部核对数据 and 录音清单: what other systems tell of the same things."""

from datetime import date, datetime
from decimal import Decimal

from ingest.cells import (
    Vocabulary,
    make_moment_reader,
    memoize,
    read_duration_ms,
    read_id,
    read_quantity,
    read_span,
    text,
)
from ingest.kinds.glance import Glance
from ingest.kinds.kind import Build, Reading, RowProblem, TableKind
from ingest.recognition.fields import Field, add_titles
from tracker.events.assertions import TOTALS, TotalAsserted, TotalProblem, convert_to_own_unit
from tracker.events.recordings import CallRecorded

ITEMS = {
    "telecom_calls": "运营商账单呼入通话数 运营商账单通话数 账单通话数 话费账单通话数 电信账单通话数"
    " 运营商通话数 运营商呼入量 账单呼入量",
    "recordings": "录音条数 录音数 录音数量 录音系统条数 录音文件数",
    "platform_orders": "上级平台工单数 省平台工单数 市平台工单数 平台工单数 上级平台受理数",
    "platform_closed": "上级平台办结数 省平台办结数 市平台办结数 平台办结数",
    "bank_paid": "银行流水支付金额 银行流水 银行支付金额 银行付款金额 国库支付金额",
    "payroll_heads": "工资表人数 工资人数 发薪人数 工资发放人数",
    "insured_heads": "社保参保人数 社保人数 参保人数 社保缴费人数",
}  # fmt: skip

TOTAL_FIELDS = add_titles(
    (TotalAsserted,),
    Field(
        key="period", title="月份", read=read_span, required=True,
        names="账期 对账月份 统计月份 期间 统计期间 对账期间 所属月份",
    ),
    Field(
        key="kind", read=Vocabulary(ITEMS), required=True,
        names="对账指标 对账项目 对账内容 项目",
    ),
    Field(
        key="value", read=read_quantity, required=True, additive=True,
        names="对账数 对账数值 外部数值 对方数 账单数 数量",
    ),
    Field(key="unit", read=memoize(text), names="计量单位 数值单位"),
    Field(
        key="issued_by", read=memoize(text), required=True,
        names="出具机构 提供单位 数据出具单位 来源单位 对方单位",
    ),
)  # fmt: skip

RECORDING_FIELDS = add_titles(
    (CallRecorded,),
    Field(
        key="call_id", title="流水号", read=read_id, required=True, filled=False,
        names="通话流水号 呼叫流水号 话单流水号 来电流水号 通话ID callid",
    ),
    Field(
        key="started_at", title="录音开始时间", read=make_moment_reader(), required=True,
        names="录音时间 录制时间 开始录音时间 录音起始时间 录音开始",
    ),
    Field(
        key="duration_ms", read=read_duration_ms, required=True, filled=False, additive=True,
        names="录音长度 录制时长 录音时长秒",
    ),
    Field(key="agent", title="座席工号", read=memoize(read_id), names="坐席工号 话务员工号 坐席 座席 工号"),
)  # fmt: skip


def build_totals(reading: Reading) -> Build:
    """One event a total, in the unit of its kind."""

    def events(
        period: tuple[date, date],
        kind: str,
        value: tuple[Decimal, str | None],
        unit: str | None,
        issued_by: str,
    ) -> tuple[TotalAsserted]:
        number, of_column = value
        try:
            exact = convert_to_own_unit(kind, number, unit or of_column)
        except TotalProblem as problem:
            raise RowProblem("value", f"不合规（{problem}）", "请核对数值和单位后重新报送该行") from problem
        total = TotalAsserted(
            kind=kind,
            first_day=period[0],
            end_day=period[1],
            value=exact,
            unit=TOTALS[kind][1].name,
            issued_by=issued_by,
            document=None,
            stated_by=None,
            stated_at=None,
        )
        return (total,)

    return events


def build_recordings(reading: Reading) -> Build:
    """One event a recording."""

    def events(
        call_id: str | None, started_at: datetime, duration_ms: int | None, agent: str | None
    ) -> tuple[CallRecorded]:
        return (CallRecorded(call_id=call_id, started_at=started_at, duration_ms=duration_ms, agent=agent),)

    return events


def _get_total_day(event: TotalAsserted) -> date:
    return event.first_day


def _get_recording_day(event: CallRecorded) -> date:
    return event.started_at.date()


CONTROL_TOTALS = TableKind(
    name="control_totals",
    called="对账",
    source="control_totals",
    fields=TOTAL_FIELDS,
    build=build_totals,
    remarks="对账 账单 外部",
    mark="对账 账期 账单 出具 对方 外部",
    dated_by="period",
    day=_get_total_day,
    glance=Glance(table="assertions", day="first_day", thing="项外部核对数据"),
)
RECORDINGS = TableKind(
    name="recordings",
    called="录音",
    source="recordings",
    fields=RECORDING_FIELDS,
    build=build_recordings,
    remarks="录音 通话",
    has_state=True,
    mark="录音 录制",
    dated_by="started_at",
    day=_get_recording_day,
    glance=Glance(
        table="recordings",
        day="started_on",
        at="started_at",
        thing="条录音",
        daily=True,
        parts=(("round(avg(duration_ms) / 1000)", "平均时长 {:,} 秒"),),
    ),
)

KINDS = (RECORDINGS, CONTROL_TOTALS)
