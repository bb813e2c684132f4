"""The score tree and its findings as plain text of a hundred columns."""

from collections.abc import Iterator
from fractions import Fraction

from kpi.evaluation.findings import findings
from kpi.evaluation.numbers import points_text
from kpi.evaluation.paragraphs import checked_lines, clipped, summary, wrapped
from kpi.evaluation.rehearsal.commands import Commands
from kpi.evaluation.scoring import Evaluation, GroupScore, ItemScore, Verdict, walked
from kpi.terminal_tables import LEFT, RIGHT, lines
from tracker.periods import Year

_HEADER = ("指标", "分值", "目标", "实际", "规则", "专家", "最终", "发布", "核对")
_SIDES = LEFT + RIGHT + LEFT + LEFT + RIGHT * 4 + LEFT
_TITLE, _TARGET, _ACTUAL = 30, 10, 10
_QUIET = (Verdict.BY_RULE, Verdict.AGREES)


def score_tree(evaluation: Evaluation, *, reasons: bool = False) -> Iterator[str]:
    """Title, tree, totals, findings; `reasons` adds the reason of every score."""
    yield evaluation.facts.title
    yield f"评价方案 {evaluation.scheme.key}（{evaluation.scheme.title}）"
    yield ""
    rows = [_HEADER, *(_row(part) for part in walked(evaluation.parts)), _total_row(evaluation)]
    yield from lines(rows, _SIDES)
    yield ""
    yield from _totals(evaluation)
    if reasons:
        yield from _reasons(evaluation)
    found = findings(evaluation)
    yield ""
    yield f"核对发现：{summary(found)}。" if found else "核对：没有发现问题。"
    yield from checked_lines(found)
    yield from _rows_commands(evaluation)


def _row(part: GroupScore | ItemScore) -> tuple[str, ...]:
    if isinstance(part, GroupScore):
        return _group_row(part)
    item, told = part.item, part.told
    return (
        clipped(f"    {item.code} {item.title}", _TITLE),
        points_text(item.weight),
        clipped(item.wanted, _TARGET),
        clipped(told.text, _ACTUAL),
        _points(part.rule.points if part.rule else None),
        _points(part.panel.mean if part.panel else None),
        points_text(part.final.points),
        _points(told.decided),
        "" if part.verdict in _QUIET else str(part.verdict),
    )


def _group_row(part: GroupScore) -> tuple[str, ...]:
    group = part.group
    indent = "" if group.under is None else "  "
    rule = "" if _unscored(part) else points_text(part.rule)
    verdict = "" if part.verdict in _QUIET else str(part.verdict)
    return (
        clipped(f"{indent}{group.code} {group.title}", _TITLE), points_text(group.weight), "", "", rule, "",
        points_text(part.final.points), _points(part.printed), verdict,
    )  # fmt: skip


def _unscored(part: GroupScore) -> bool:
    """Whether something under a group has no rule score, so that the sum of the others would mislead."""
    return any(one.rule is None for one in walked(part.parts) if isinstance(one, ItemScore))


def _total_row(evaluation: Evaluation) -> tuple[str, ...]:
    rule = points_text(evaluation.rule_total) if evaluation.rule_weight == evaluation.scheme.total else ""
    return (
        "合计", points_text(evaluation.scheme.total), "", "", rule, "", points_text(evaluation.total),
        _points(evaluation.facts.total), "",
    )  # fmt: skip


def _totals(evaluation: Evaluation) -> Iterator[str]:
    facts, scheme = evaluation.facts, evaluation.scheme
    yield f"最终得分 {points_text(evaluation.total)}，等级“{evaluation.rating}”（按精确的总分判定）。"
    if facts.total is not None:
        same = "一致" if facts.total == evaluation.total and facts.rating == evaluation.rating else "不一致"
        yield f"发布得分 {points_text(facts.total)}，等级“{facts.rating}”，与上{same}。"
    if evaluation.rule_weight == scheme.total:
        by_rule = scheme.rating(evaluation.rule_total)
        yield f"只按规则计算为 {points_text(evaluation.rule_total)} 分，等级“{by_rule}”。"
    else:
        left = scheme.total - evaluation.rule_weight
        told = f"{points_text(evaluation.rule_weight)} 分里得 {points_text(evaluation.rule_total)} 分"
        yield f"只按规则计算：可核对的 {told}；其余 {points_text(left)} 分没有实际值，无法核对。"
    low, high = evaluation.span
    if low != high:
        ends = [f"{points_text(end)} 分（“{scheme.rating(end)}”）" for end in (low, high)]
        yield f"有的数字部分可核实：按上下限计，总分在 {' 至 '.join(ends)} 之间。"
    if any(one.told.provisional for one in evaluation.items):
        yield "带*的年度尚未结束，得分暂定。"
    for code in scheme.weights_assumed:
        group = scheme.group(code)
        yield f"{code} {group.title}：原报告没有印出其下各项的分值，这里按平均分配。"


def _rows_commands(evaluation: Evaluation) -> Iterator[str]:
    """What lists the rows of the figures that contradict an attestation."""
    facts = evaluation.facts
    if facts.center is None or facts.year is None:
        return
    commands = Commands(facts.center, Year(facts.year), facts.scheme)
    figures = [found.figure for one in evaluation.items for found in one.told.contradictions if found.figure]
    for key in dict.fromkeys(figures):
        yield f"  明细：{commands.rows(key)}"


def _reasons(evaluation: Evaluation) -> Iterator[str]:
    yield ""
    yield "得分理由："
    for one in evaluation.items:
        told = one.rule.reason if one.rule else "没有实际值，规则用不上"
        if one.final.reason != told:
            told = f"{told}；最终：{one.final.reason}"
        note = f"（{one.told.note}）" if one.told.note and one.told.note not in told else ""
        yield from wrapped(f"{one.item.code} {one.item.title}：{told}{note}", indent="  ")


def _points(points: Fraction | None) -> str:
    return "" if points is None else points_text(points)
