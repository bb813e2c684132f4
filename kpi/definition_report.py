"""Definitions as plain text for a person at a terminal: versions, differences, impact."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from kpi.figures.definitions.computing import Impact
from kpi.figures.definitions.differences import Difference, list_differences
from kpi.figures.definitions.in_force import Definitions
from kpi.figures.figure import Figure, Status
from kpi.figures.forks import Fork
from kpi.figures.indicators import Indicator
from kpi.terminal_tables import LEFT, NO_VALUE, RIGHT, align_rows, format_parts, format_value
from tracker.events.times import BEIJING


def format_differences(differences: Sequence[Difference]) -> Iterator[str]:
    """One field after the other, old above new."""
    if not differences:
        yield "没有差别。"
    for one in differences:
        yield f"{one.field}："
        yield f"  - {one.old}"
        yield f"  + {one.new}"


def format_impact(impacts: Sequence[Impact]) -> Iterator[str]:
    """A line for each begun period: before, after, the change."""
    rows = [("统计期", "现行口径", "分子 ÷ 分母", "新口径", "分子 ÷ 分母", "变化")]
    rows += [
        (
            str(one.period),
            format_value(one.before),
            format_parts(one.before) if one.before else "",
            format_value(one.after),
            format_parts(one.after) if one.after else "",
            format_change(one.before, one.after),
        )
        for one in impacts
        if one.after is not None
    ]
    yield from align_rows(rows, LEFT + RIGHT * 5)


def format_comparison(
    base: Figure, current: Indicator, figures: Sequence[tuple[Fork, Figure]]
) -> Iterator[str]:
    """The figure as counted here, then each fork with its difference, question by question."""
    head = ("口径", "编码", "数值", "分子 ÷ 分母", "与现行相差")
    rows = [head, (f"现行第{current.version}版", "", format_value(base), format_parts(base), "")]
    rows += [
        (fork.title, fork.name, format_value(one), format_parts(one), format_change(base, one))
        for fork, one in figures
    ]
    aligned = align_rows(rows, LEFT + LEFT + RIGHT * 3)
    yield from aligned[:2]
    question = ""
    for (fork, _), line in zip(figures, aligned[2:], strict=True):
        if fork.question != question:
            yield f"【{fork.question}】"
        question = fork.question
        yield line
    yield ""
    yield "使用单位（出处）："
    yield from (f"  {fork.name}：{fork.used_by}" for fork, _ in figures)


def format_history(definitions: Definitions, key: str) -> Iterator[str]:
    """Every version: since when, who decided it and why, what it changed."""
    adoptions, before = definitions.list_adoptions(key), None
    for version in definitions.list_versions(key):
        adopted = adoptions.get(version.version)
        yield f"第{version.version}版 {format_since(version)}"
        if adopted is None:
            yield "  随系统发布。"
        else:
            yield (
                f"  {adopted.adopted_at.astimezone(BEIJING):%Y-%m-%d %H:%M} 启用，"
                f"申请人{adopted.proposed_by}，批准人{adopted.approved_by}，第{adopted.event_seq}号记录。"
            )
            yield f"  理由：{adopted.reason}" + (f"  依据：{adopted.clause}" if adopted.clause else "")
        if before is not None:
            yield "  与上一版的差别："
            yield from (f"    {line}" for line in format_differences(list_differences(before, version)))
        before = version


def format_since(indicator: Indicator) -> str:
    """From which month on a version holds."""
    return f"自{indicator.effective_from.label}起执行" if indicator.effective_from else "自系统启用起"


def format_change(before: Figure | None, after: Figure | None) -> str:
    """After against before: percentages in points, other values in their unit."""
    if before is None or after is None or before.value is None or after.value is None:
        untold = before and before.value is not None and after and after.status is Status.UNVERIFIABLE
        return "不可算" if untold else NO_VALUE
    if before.unit != after.unit:
        return "单位不同"
    change = after.value - before.value
    unit = "个百分点" if after.unit == "%" else after.unit
    return "不变" if change == Decimal(0) else f"{change:+,f}{unit}"
