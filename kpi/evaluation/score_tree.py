"""The score tree and its findings as plain text of a hundred columns."""

from collections.abc import Iterator
from fractions import Fraction

from kpi.evaluation.findings import list_findings
from kpi.evaluation.numbers import show_points
from kpi.evaluation.paragraphs import clip_text, format_results, summarize_outcomes, wrap_text
from kpi.evaluation.rehearsal.commands import TerminalCommands
from kpi.evaluation.scoring import Evaluation, GroupScore, ItemScore, ScoreVerdict, flatten_tree
from kpi.terminal_tables import LEFT, RIGHT, align_rows
from tracker.periods import Year

_HEADER = ("指标", "分值", "目标", "实际", "规则", "专家", "最终", "发布", "核对")
_SIDES = LEFT + RIGHT + LEFT + LEFT + RIGHT * 4 + LEFT
_TITLE, _TARGET, _ACTUAL = 30, 10, 10
_QUIET = (ScoreVerdict.BY_RULE, ScoreVerdict.AGREES)


def format_score_tree(evaluation: Evaluation, *, reasons: bool = False) -> Iterator[str]:
    """Title, tree, totals, findings; `reasons` adds the reason of every score."""
    yield evaluation.facts.title
    yield f"评价方案 {evaluation.scheme.key}（{evaluation.scheme.title}）"
    yield ""
    rows = [
        _HEADER,
        *(_make_row(part) for part in flatten_tree(evaluation.parts)),
        _make_total_row(evaluation),
    ]
    yield from align_rows(rows, _SIDES)
    yield ""
    yield from _format_totals(evaluation)
    if reasons:
        yield from _format_reasons(evaluation)
    found = list_findings(evaluation)
    yield ""
    yield f"复核发现的问题：{summarize_outcomes(found)}。" if found else "核对：没有发现问题。"
    yield from format_results(found)
    yield from _list_rows_commands(evaluation)


def _make_row(part: GroupScore | ItemScore) -> tuple[str, ...]:
    if isinstance(part, GroupScore):
        return _make_group_row(part)
    item, facts = part.item, part.told
    return (
        clip_text(f"    {item.code} {item.title}", _TITLE),
        show_points(item.weight),
        clip_text(item.wanted, _TARGET),
        clip_text(facts.text, _ACTUAL),
        _format_points(part.rule.points if part.rule else None),
        _format_points(part.panel.mean if part.panel else None),
        show_points(part.final.points),
        _format_points(facts.decided),
        "" if part.verdict in _QUIET else str(part.verdict),
    )


def _make_group_row(part: GroupScore) -> tuple[str, ...]:
    group = part.group
    indent = "" if group.under is None else "  "
    rule = "" if _is_unscored(part) else show_points(part.rule)
    verdict = "" if part.verdict in _QUIET else str(part.verdict)
    return (
        clip_text(f"{indent}{group.code} {group.title}", _TITLE), show_points(group.weight), "", "", rule, "",
        show_points(part.final.points), _format_points(part.printed), verdict,
    )  # fmt: skip


def _is_unscored(part: GroupScore) -> bool:
    """Whether something under a group has no rule score, so that the sum of the others would mislead."""
    return any(one.rule is None for one in flatten_tree(part.parts) if isinstance(one, ItemScore))


def _make_total_row(evaluation: Evaluation) -> tuple[str, ...]:
    rule = show_points(evaluation.rule_total) if evaluation.rule_weight == evaluation.scheme.total else ""
    return (
        "合计", show_points(evaluation.scheme.total), "", "", rule, "", show_points(evaluation.total),
        _format_points(evaluation.facts.total), "",
    )  # fmt: skip


def _format_totals(evaluation: Evaluation) -> Iterator[str]:
    facts, scheme = evaluation.facts, evaluation.scheme
    yield f"最终得分 {show_points(evaluation.total)}，等级“{evaluation.rating}”（按精确的总分判定）。"
    if facts.total is not None:
        same = "一致" if facts.total == evaluation.total and facts.rating == evaluation.rating else "不一致"
        yield f"公布得分 {show_points(facts.total)}，等级“{facts.rating}”，与上{same}。"
    if evaluation.rule_weight == scheme.total:
        by_rule = scheme.rating(evaluation.rule_total)
        yield f"规则得分 {show_points(evaluation.rule_total)} 分，等级“{by_rule}”。"
    else:
        left = scheme.total - evaluation.rule_weight
        text = f"{show_points(evaluation.rule_weight)} 分里得 {show_points(evaluation.rule_total)} 分"
        yield f"只按规则计算：可核对的 {text}；其余 {show_points(left)} 分没有实际值，无法核对。"
    low, high = evaluation.span
    if low != high:
        ends = [f"{show_points(end)} 分（“{scheme.rating(end)}”）" for end in (low, high)]
        yield f"有的数字部分可核实：按上下限计，总分在 {' 至 '.join(ends)} 之间。"
    if any(one.told.provisional for one in evaluation.items):
        yield "带*的年度尚未结束，得分为预估。"
    for code in scheme.weights_assumed:
        group = scheme.group(code)
        yield f"{code} {group.title}：原报告没有印出其下各项的分值，这里按平均分配。"


def _list_rows_commands(evaluation: Evaluation) -> Iterator[str]:
    """What lists the rows of the figures that contradict an attestation."""
    facts = evaluation.facts
    if facts.center is None or facts.year is None:
        return
    commands = TerminalCommands(facts.center, Year(facts.year), facts.scheme)
    figures = [found.figure for one in evaluation.items for found in one.told.contradictions if found.figure]
    for key in dict.fromkeys(figures):
        yield f"  明细：{commands.rows(key)}"


def _format_reasons(evaluation: Evaluation) -> Iterator[str]:
    yield ""
    yield "得分理由："
    for one in evaluation.items:
        text = one.rule.reason if one.rule else "没有实际值，规则用不上"
        if one.final.reason != text:
            text = f"{text}；最终：{one.final.reason}"
        note = f"（{one.told.note}）" if one.told.note and one.told.note not in text else ""
        yield from wrap_text(f"{one.item.code} {one.item.title}：{text}{note}", indent="  ")


def _format_points(points: Fraction | None) -> str:
    return "" if points is None else show_points(points)
