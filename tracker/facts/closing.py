"""How far a month is closed: its sources' states, its seals and their figures, its lock exceptions."""

from collections.abc import Iterator
from typing import Any

import orjson
import sqlalchemy as sa

from tracker.events.closing import (
    CorrectionProposed,
    LockException,
    LockExceptionClosed,
    LockExceptionRequested,
    LockRequested,
    MonthSealed,
    SourceApproved,
    SourceCompleted,
    SourceReturned,
    SourceSubmitted,
)
from tracker.facts.fact import FactRow, FactTable, Slots, SlotState, define_fact_table

_TIME = sa.TIMESTAMP(timezone=True)

OPEN, COMPLETED, SUBMITTED, APPROVED = "open", "completed", "submitted", "approved"

source_states = define_fact_table(
    "source_states",
    (SourceCompleted, SourceSubmitted),
    sa.Column("month", sa.Text(collation="C"), nullable=False),
    sa.Column("of", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False, doc="状态"),  # open | completed | submitted | approved
    sa.Column("acts", sa.Integer, nullable=False, doc="办理次数"),
    sa.Column("last_type", sa.Text, nullable=False, doc="最近办理"),  # the last act
    sa.Column("last_by", sa.Text, nullable=False, doc="最近经办人"),
    sa.Column("last_at", _TIME, nullable=False, doc="最近办理时间"),
    sa.Column("last_remark", sa.Text, doc="最近备注"),  # of a return: its reason
    sa.Column("completed_by", sa.Text, doc="报齐人"),  # from here on: None where a return took it back
    sa.Column("completed_at", _TIME, doc="报齐时间"),
    sa.Column("submitted_by", sa.Text, doc="提交人"),
    sa.Column("submitted_at", _TIME, doc="提交时间"),
    sa.Column("submitted_seq", sa.BigInteger, doc="提交记录号"),
    sa.Column("acknowledged", sa.Text),
    sa.Column("approved_by", sa.Text, doc="审批人"),
    sa.Column("approved_at", _TIME, doc="审批时间"),
    sa.Column("approved_seq", sa.BigInteger, doc="审批记录号"),
    sa.Column("approved_coverage", sa.Text, doc="审批时数据完整率"),  # exact; None: nothing was expected
    title="各来源的月度审核状态",
)

lock_requests = define_fact_table(
    "lock_requests",
    (LockRequested,),
    sa.Column("month", sa.Text(collation="C"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("event_seq", sa.BigInteger, nullable=False, doc="记录号"),
    sa.Column("requested_by", sa.Text, nullable=False),
    sa.Column("requested_at", _TIME, nullable=False),
    sa.Column("remark", sa.Text),
    more_key=("number",),
    title="锁定的申请",
)

corrections = define_fact_table(
    "corrections",
    (CorrectionProposed,),
    sa.Column("month", sa.Text(collation="C"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("event_seq", sa.BigInteger, nullable=False, doc="记录号"),
    sa.Column("vintage", sa.Integer, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("proposed_by", sa.Text, nullable=False),
    sa.Column("proposed_at", _TIME, nullable=False),
    sa.Column("exception", sa.Text, nullable=False),
    sa.Column("figures", sa.Text, nullable=False),  # JSON, as the event holds them
    sa.Column("replaced", sa.Text, nullable=False),
    sa.Column("caused_by", sa.Text, nullable=False),
    more_key=("number",),
    title="更正的申请",
)

seals = define_fact_table(
    "seals",
    (MonthSealed,),
    sa.Column("month", sa.Text(collation="C"), nullable=False),
    sa.Column("vintage", sa.Integer, nullable=False),
    sa.Column("event_seq", sa.BigInteger, nullable=False, doc="记录号"),
    sa.Column("head_seq", sa.BigInteger, nullable=False),
    sa.Column("head_hash", sa.Text, nullable=False),
    sa.Column("sealed_by", sa.Text, nullable=False),
    sa.Column("approved_by", sa.Text, nullable=False),
    sa.Column("sealed_at", _TIME, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("exception", sa.Text),
    sa.Column("caused_by", sa.Text, nullable=False),  # JSON
    more_key=("vintage",),
    title="锁定",
)

sealed_figures = define_fact_table(
    "sealed_figures",
    (MonthSealed,),
    sa.Column("month", sa.Text(collation="C"), nullable=False),
    sa.Column("vintage", sa.Integer, nullable=False),
    sa.Column("event_seq", sa.BigInteger, nullable=False, doc="记录号"),
    sa.Column("head_seq", sa.BigInteger, nullable=False),
    sa.Column("sealed_at", _TIME, nullable=False),
    sa.Column("indicator", sa.Text, nullable=False, doc="指标"),
    sa.Column("period", sa.Text(collation="C"), nullable=False, doc="统计期"),
    sa.Column("definition_version", sa.Integer, nullable=False, doc="口径版本"),
    sa.Column("numerator", sa.Text, doc="分子"),  # exact: 38817 or 100/3
    sa.Column("denominator", sa.Text, doc="分母"),
    sa.Column("value", sa.Numeric, doc="数值"),
    sa.Column("unit", sa.Text, nullable=False, doc="单位"),
    sa.Column("coverage", sa.Text, doc="数据完整率"),  # exact
    sa.Column("status", sa.Text, nullable=False, doc="核实状态"),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("gaps", sa.Text, nullable=False, doc="数据缺失"),  # JSON
    sa.Column("low", sa.Numeric, doc="下限"),
    sa.Column("high", sa.Numeric, doc="上限"),
    sa.Column("bounds", sa.Text, doc="区间含义"),
    sa.Column("code", sa.Text, nullable=False, doc="溯源码"),
    more_key=("vintage", "indicator", "period"),
    title="锁定的数字",
)
sa.Index("sealed_figures_period", sealed_figures.c.center_id, sealed_figures.c.period)
sa.Index("sealed_figures_code", sealed_figures.c.code)

lock_exceptions = define_fact_table(
    "lock_exceptions",
    (LockExceptionRequested, LockException, LockExceptionClosed),
    sa.Column("month", sa.Text(collation="C"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("of", sa.Text),  # None: all sources
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("requested_by", sa.Text, nullable=False),
    sa.Column("requested_at", _TIME, nullable=False),
    sa.Column("approved_by", sa.Text),  # None: not opened yet
    sa.Column("opened_at", _TIME),
    sa.Column("expires_at", _TIME, nullable=False),  # excluded
    sa.Column("closed_by", sa.Text),
    sa.Column("closed_at", _TIME),
    sa.Column("closing_reason", sa.Text, doc="关闭原因"),
    title="限期解锁",
)

_FIGURE = (
    "indicator", "period", "definition_version", "numerator", "denominator", "value", "unit", "coverage",
    "status", "reason", "gaps", "low", "high", "bounds", "code",
)  # fmt: skip
_TAKEN_BACK = dict.fromkeys(
    (
        "completed_by", "completed_at", "submitted_by", "submitted_at", "submitted_seq", "acknowledged",
        "approved_by", "approved_at", "approved_seq", "approved_coverage",
    )
)  # fmt: skip
_NOT_APPROVED = dict.fromkeys(("approved_by", "approved_at", "approved_seq", "approved_coverage"))


def _project_source_state(slots: Slots) -> list[FactRow]:
    """The acts in their order, laid over each other."""
    acts = sorted(
        _select_acts(slots, SourceCompleted, SourceSubmitted, SourceApproved, SourceReturned), key=_get_number
    )
    if not acts:
        return []
    state: dict[str, Any] = dict(_TAKEN_BACK)
    for act in acts:
        state |= _apply_act(act)
    last: Any = acts[-1].data
    key = (last["month"], last["of"], state.pop("state"), len(acts))
    last_act = (acts[-1].type, last["by"], last["at"], last.get("reason") or last["remark"])
    return [(*key, *last_act, *state.values())]


def _apply_act(act: SlotState) -> dict[str, Any]:
    """What an act makes of the state before it."""
    data: Any = act.data
    match act.type:
        case SourceCompleted.type:
            done = {"completed_by": data["by"], "completed_at": data["at"]}
            return {"state": COMPLETED} | _TAKEN_BACK | done
        case SourceSubmitted.type:
            done = {"submitted_by": data["by"], "submitted_at": data["at"], "submitted_seq": act.seq}
            return {"state": SUBMITTED, "acknowledged": data["acknowledged"]} | done | _NOT_APPROVED
        case SourceApproved.type:
            done = {"approved_by": data["by"], "approved_at": data["at"], "approved_seq": act.seq}
            return {"state": APPROVED, "approved_coverage": data["coverage"]} | done
        case _:
            return {"state": OPEN} | _TAKEN_BACK


def _project_requests(slots: Slots) -> list[FactRow]:
    return [
        (d["month"], d["number"], one.seq, d["requested_by"], d["requested_at"], d["remark"])
        for one, d in _read_acts(slots, LockRequested)
    ]


def _project_corrections(slots: Slots) -> list[FactRow]:
    return [
        (
            *(d[name] for name in ("month", "number")),
            one.seq,
            *(d[name] for name in ("vintage", "reason", "proposed_by", "proposed_at", "exception")),
            *(orjson.dumps(d[name]).decode() for name in ("figures", "replaced", "caused_by")),
        )
        for one, d in _read_acts(slots, CorrectionProposed)
    ]


def _project_seals(slots: Slots) -> list[FactRow]:
    names = ("head_seq", "head_hash", "sealed_by", "approved_by", "sealed_at", "reason", "exception")
    return [
        (
            d["month"],
            d["vintage"],
            one.seq,
            *(d[name] for name in names),
            orjson.dumps(d["caused_by"]).decode(),
        )
        for one, d in _read_acts(slots, MonthSealed)
    ]


def _project_sealed_figures(slots: Slots) -> list[FactRow]:
    return [
        (
            d["month"],
            d["vintage"],
            one.seq,
            d["head_seq"],
            d["sealed_at"],
            *(orjson.dumps(figure[name]).decode() if name == "gaps" else figure[name] for name in _FIGURE),
        )
        for one, d in _read_acts(slots, MonthSealed)
        for figure in d["figures"]
    ]


def _project_exception(slots: Slots) -> list[FactRow]:
    if "requested" not in slots:
        return []
    data: Any = {}
    for slot in ("requested", "opened", "closed"):
        if slot in slots:
            values: Any = dict(slots[slot].data)
            if slot == "closed":
                values["closing_reason"] = values.pop("reason")
            data |= values
    return [tuple(data.get(column.name) for column in list(lock_exceptions.columns)[3:])]


def _select_acts(slots: Slots, *types: type[Any]) -> Iterator[SlotState]:
    wanted = {kind.type for kind in types}
    return (state for state in slots.values() if state.type in wanted)


def _read_acts(slots: Slots, kind: type[Any]) -> Iterator[tuple[SlotState, Any]]:
    return ((one, one.data) for one in _select_acts(slots, kind))


def _get_number(act: SlotState) -> Any:
    return act.data["number"]


SOURCE_STATES = FactTable(table=source_states, kind="month", days=(), rows=_project_source_state)
LOCK_REQUESTS = FactTable(table=lock_requests, kind="month", days=(), rows=_project_requests)
CORRECTIONS = FactTable(table=corrections, kind="month", days=(), rows=_project_corrections)
SEALS = FactTable(table=seals, kind="month", days=(), rows=_project_seals)
SEALED_FIGURES = FactTable(table=sealed_figures, kind="month", days=(), rows=_project_sealed_figures)
LOCK_EXCEPTIONS = FactTable(table=lock_exceptions, kind="lock_exception", days=(), rows=_project_exception)
FACTS = (SOURCE_STATES, LOCK_REQUESTS, CORRECTIONS, SEALS, SEALED_FIGURES, LOCK_EXCEPTIONS)
