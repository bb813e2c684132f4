"""Closing as plain text for a person at a terminal."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from kpi.closing.exemptions import format_expiry
from kpi.closing.history import ACTS, ClosingAct
from kpi.closing.late import LateEvent, LateRegister, RestatedFigure
from kpi.closing.states import ClosingState, CorrectionProposal, Exemption
from kpi.closing.status import MonthStatus, SourceStatus, join_titles
from kpi.figures.indicators import INDICATORS
from kpi.figures.sources import SOURCES
from kpi.terminal_tables import (
    LEFT,
    NO_VALUE,
    RIGHT,
    align_rows,
    clean_cells,
    format_number,
    format_parts,
    format_share,
    format_value,
)
from tracker.events import find_title
from tracker.events.times import BEIJING
from tracker.periods import Month


def format_status(center: str, status: MonthStatus) -> Iterator[str]:
    """The table of sources, what was found, what stands in the way, what comes next."""
    yield f"{center} {status.month.label}关账：{_format_month_state(status)}"
    header = ("来源", "状态", "有据率", "隔离未改", "规则未过", "审批后变动", "最近办理")
    rows = [header, *(_format_source(row) for row in status.rows)]
    yield from align_rows(rows, LEFT + LEFT + RIGHT * 4 + LEFT)
    yield from _format_findings(status)
    yield ""
    if status.closing.sealed:
        yield from _format_seals(status)
    else:
        yield from (f"还差：{obstacle}。" for obstacle in status.obstacles)
        if not status.obstacles:
            yield "锁定的条件都已满足。"
    yield f"下一步：{format_next_step(status)}"


def format_next_step(status: MonthStatus) -> str:
    """What to do now, with its command."""
    month, states = status.month, {row.state for row in status.rows}
    if status.closing.sealed:
        return f"hotline month late {month} 查看锁定后的迟到登记；更正须先有锁定例外。"
    if not status.ended:
        return f"{month.label}结束后，由报送人报齐：hotline month complete {month} --by 姓名"
    if any(row.state is ClosingState.APPROVED and row.changed for row in status.rows):
        return f"请提交人以外的人重新审批：hotline month approve {month} --by 姓名"
    if ClosingState.OPEN in states:
        return f"由报送人报齐：hotline month complete {month} --by 姓名"
    if ClosingState.COMPLETED in states:
        return f"提交；有问题的写明原因：hotline month submit {month} --by 姓名 --acknowledge 原因"
    if ClosingState.SUBMITTED in states:
        return f"由提交人以外的人审批：hotline month approve {month} --by 姓名"
    if any(row.unexplained for row in status.rows):
        return f"退回有问题的来源：hotline month return {month} --source 来源 --by 姓名 --reason 理由"
    if status.unlocked_siblings:
        return f"先锁定{'、'.join(one.label for one in status.unlocked_siblings)}。"
    if status.request_holds and status.closing.request is not None:
        by = status.closing.request.requested_by
        return f"{by}已提请锁定，由另一人确认：hotline month lock {month} --by 姓名"
    return f"由一人提请锁定，再由另一人确认，同一条命令：hotline month lock {month} --by 姓名"


def format_late_register(register: LateRegister, limit: int) -> Iterator[str]:
    """The late register: figures before and after, then the events."""
    month, seal = register.closing.month, register.closing.last_seal
    yield f"{month.label}锁定（第{seal.vintage}版，{format_expiry(seal.sealed_at)}）以后："
    if not register.events and not register.figures:
        yield "没有迟到或更改的数据。"
        return
    yield f"迟到登记{len(register.events):,}条；已锁定的数字不动，{len(register.figures)}个会因此改变。"
    if register.figures:
        yield ""
        yield from format_restated(register.figures)
    yield ""
    rows: list[tuple[str, ...]] = [("事件号", "类别", "来源", "事物", "发生时间", "文件", "行", "改变")]
    rows += [_format_late_event(one) for one in register.events[:limit]]
    yield from align_rows(rows, RIGHT + LEFT * 5 + RIGHT + LEFT)
    if len(register.events) > limit:
        yield f"只列前{limit}条，共{len(register.events):,}条；--limit 可多列。"


def format_restated(figures: Sequence[RestatedFigure]) -> list[str]:
    """Figures before → after."""
    rows = [("统计期", "指标", "已锁定", "分子 ÷ 分母", "有据率", "→", "现有事实", "分子 ÷ 分母", "有据率")]
    for one in figures:
        sides = [
            (format_value(figure), _format_parts(figure), format_share(figure.coverage))
            for figure in (one.before, one.after)
        ]
        title = INDICATORS[one.after.indicator].title
        rows.append((str(one.after.period), title, *sides[0], "→", *sides[1]))
    return align_rows(rows, LEFT + LEFT + RIGHT * 3 + LEFT + RIGHT * 3)


def format_proposal(proposal: CorrectionProposal) -> Iterator[str]:
    """A proposed correction, as it waits for its second person."""
    yield f"第{proposal.number}次提请更正，拟为第{proposal.vintage}版，理由：{proposal.reason}"
    rows = [("统计期", "指标", "已锁定", "→", "更正为", "溯源码")]
    for before, after in zip(proposal.replaced, proposal.figures, strict=True):
        title = INDICATORS[after["indicator"]].title
        rows.append((after["period"], title, _format_value(before), "→", _format_value(after), after["code"]))
    yield from align_rows(rows, LEFT + LEFT + RIGHT + LEFT + RIGHT + LEFT)


def format_exemption(one: Exemption) -> str:
    """A lock exception with its state."""
    text = f"第{one.number}号锁定例外（{one.scope}）：{one.requested_by}申请，理由：{one.reason}"
    if one.closed_at is not None:
        return f"{text}；{one.closed_by}于{format_expiry(one.closed_at)}关闭。"
    if one.approved_by is None:
        return f"{text}；等另一人批准，到{format_expiry(one.expires_at)}为止有效。"
    return f"{text}；{one.approved_by}批准，到{format_expiry(one.expires_at)}为止有效。"


def format_history(month: Month, acts: Sequence[ClosingAct]) -> Iterator[str]:
    """Who did what, when."""
    if not acts:
        yield f"{month.label}还没有任何关账记录。"
        return
    rows: list[tuple[str, ...]] = [("事件号", "时间", "办理", "来源", "经办人", "说明")]
    rows += [_merge_acts(list(alike)) for _, alike in groupby(acts, key=_get_occasion)]
    yield from align_rows(rows, RIGHT + LEFT * 5)


def _get_occasion(act: ClosingAct) -> tuple[Any, ...]:
    return act.at, act.title, act.by, act.said


def _merge_acts(acts: Sequence[ClosingAct]) -> tuple[str, ...]:
    """What one person did to several sources at once, as one line."""
    first, last = acts[0], acts[-1]
    seqs = f"{first.seq:,}" if first is last else f"{first.seq:,}–{last.seq:,}"
    scope = first.scope if first is last else join_titles([act.scope for act in acts])
    return seqs, format_expiry(first.at), first.title, scope, first.by, *clean_cells([first.said])


def _format_source(row: SourceStatus) -> tuple[str, ...]:
    state = row.told
    last = ""
    if state.last_at is not None and state.last_type is not None:
        last = f"{state.last_at.astimezone(BEIJING):%m-%d %H:%M} {state.last_by} {ACTS[state.last_type]}"
    return (
        f"{row.source.title}（{row.source.key}）",
        row.state.value,
        format_share(row.coverage),
        str(row.checked.rejects or ""),
        str(len(row.checked.broken) or ""),
        str(row.changed or ""),
        last,
    )


def _format_findings(status: MonthStatus) -> Iterator[str]:
    rows = [row for row in status.rows if row.checked.findings]
    if rows:
        yield ""
        yield "发现的问题："
    for row in rows:
        for finding in row.checked.findings:
            typed = f"{finding.typed}；" if finding.typed else ""
            yield f"  {row.source.title}：{finding.text}。{typed}{finding.remedy}"
        if row.told.acknowledged:
            yield f"    └ {row.told.submitted_by}提交时说明：{row.told.acknowledged}"


def _format_seals(status: MonthStatus) -> Iterator[str]:
    for seal in status.closing.seals:
        what = "锁定" if seal.vintage == 1 else f"更正，理由：{seal.reason}"
        signed = f"{seal.sealed_by}提请、{seal.approved_by}确认"
        at = f"日志第{seal.head_seq:,}号，哈希{seal.head_hash[:16]}…"
        yield f"第{seal.vintage}版：{format_expiry(seal.sealed_at)}{what}（{signed}；{at}）"
    for one in status.closing.exemptions:
        yield format_exemption(one)
    if status.closing.proposal is not None:
        yield from format_proposal(status.closing.proposal)


def _format_month_state(status: MonthStatus) -> str:
    if not status.closing.sealed:
        return status.state.value
    vintage = status.closing.last_seal.vintage
    return "已锁定" if vintage == 1 else f"已锁定，更正至第{vintage}版"


def _format_late_event(one: LateEvent) -> tuple[str, ...]:
    source = "" if one.source is None else SOURCES[one.source].title
    happened = "" if one.occurred_at is None else f"{one.occurred_at.astimezone(BEIJING):%Y-%m-%d %H:%M}"
    changed = "；".join(
        f"{find_title(name, one.type).of_bare} {_format_cell(old)}→{_format_cell(new)}"
        for name, old, new in one.changed
    )
    row = "" if one.row is None else str(one.row)
    file = one.file_name or ""
    return (f"{one.seq:,}", one.kind.value, source, one.subject, happened, file, row, *clean_cells([changed]))


def _format_parts(figure: Any) -> str:
    return format_parts(figure) or ("" if figure.numerator is None else format_number(figure.numerator))


def _format_value(sealed: dict[str, Any]) -> str:
    return NO_VALUE if sealed["value"] is None else f"{Decimal(sealed['value']):,f}{sealed['unit']}"


def _format_cell(value: Any) -> str:
    match value:
        case None:
            return "空"
        case bool():
            return "是" if value else "否"
        case str() if len(value) >= 25 and value[10] == "T":
            return value[:19].replace("T", " ")
        case _:
            return str(value)
