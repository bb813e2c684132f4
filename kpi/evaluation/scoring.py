"""Scores: rule, panel's and final score of every indicator, side by side, each with its reason."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from kpi.evaluation.actual import Met
from kpi.evaluation.facts import Facts, Mark, Told
from kpi.evaluation.numbers import PLACES, points_text, rounded, share_text
from kpi.evaluation.rules import Scored, ScoreProblem
from kpi.evaluation.scheme import Group, Item, Scheme


class Verdict(StrEnum):
    """How a final score stands to its own rule."""

    BY_RULE = "按规则"  # no score was printed: the rule's holds
    AGREES = "相符"
    BY_PANEL = "专家评定"
    DEPARTS = "偏离规则"
    UNCHECKED = "无法核对"  # a score is printed, but not what it rests on
    OPEN = "待补"  # neither a value nor a score


@dataclass(frozen=True)
class Panel:
    """The marks of several experts: their mean, and how far they lie apart."""

    marks: tuple[Mark, ...]

    @property
    def mean(self) -> Fraction:
        return sum((mark.points for mark in self.marks), Fraction(0)) / len(self.marks)

    @property
    def spread(self) -> Fraction:
        """Highest less lowest mark."""
        points = [mark.points for mark in self.marks]
        return max(points) - min(points)

    @property
    def reason(self) -> str:
        if len(self.marks) == 1:
            return f"{self.marks[0].expert}评{points_text(self.mean)}分"
        mean = f"{len(self.marks)}位专家平均{points_text(self.mean)}分"
        return f"{mean}，最高与最低相差{points_text(self.spread)}分"


@dataclass(frozen=True)
class ItemScore:
    """One third-level indicator, scored."""

    item: Item
    told: Told
    rule: Scored | None  # None: nothing to apply the rule to
    panel: Panel | None
    final: Scored
    verdict: Verdict
    span: tuple[Fraction, Fraction] | None = None  # worst and best points of a partly verifiable value


@dataclass(frozen=True)
class GroupScore:
    """A first- or second-level indicator: the sum of what stands under it, or what was printed instead."""

    group: Group
    parts: tuple["GroupScore | ItemScore", ...]
    rule: Fraction  # unscored parts bring nothing
    final: Scored
    verdict: Verdict
    printed: Fraction | None


@dataclass(frozen=True)
class Evaluation:
    """A scheme with everything told, scored."""

    scheme: Scheme
    facts: Facts
    parts: tuple[GroupScore | ItemScore, ...]
    rule_total: Fraction  # of what could be scored by rule
    rule_weight: Fraction  # the weight of what could be scored by rule
    total: Fraction
    rating: str

    @property
    def items(self) -> list[ItemScore]:
        """All third-level scores in the order of the tree."""
        return [one for one in walked(self.parts) if isinstance(one, ItemScore)]

    def score(self, code: str) -> ItemScore:
        return next(one for one in self.items if one.item.code == code)

    @property
    def span(self) -> tuple[Fraction, Fraction]:
        """The total at its worst and its best, as far as partly verifiable values can move it."""
        low, high = (
            sum((one.span[end] - one.final.points for one in self.items if one.span), self.total)
            for end in (0, 1)
        )
        return low, high


def evaluate(scheme: Scheme, facts: Facts) -> Evaluation:
    """Raises: ScoreProblem that names the indicator whose value does not fit its rule."""
    parts = _parts(scheme, facts, None)
    total = sum((part.final.points for part in parts), Fraction(0))
    scored = [one for one in walked(parts) if isinstance(one, ItemScore) and one.rule]
    return Evaluation(
        scheme=scheme,
        facts=facts,
        parts=parts,
        rule_total=sum(map(_rule_points, parts), Fraction(0)),
        rule_weight=sum((one.item.weight for one in scored), Fraction(0)),
        total=total,
        rating=scheme.rating(total),
    )


def walked(parts: Sequence[GroupScore | ItemScore]) -> list[GroupScore | ItemScore]:
    """The tree in the order of reading."""
    found: list[GroupScore | ItemScore] = []
    for part in parts:
        found.append(part)
        if isinstance(part, GroupScore):
            found += walked(part.parts)
    return found


def _parts(scheme: Scheme, facts: Facts, code: str | None) -> tuple[GroupScore | ItemScore, ...]:
    return tuple(
        _group_score(scheme, facts, part)
        if isinstance(part, Group)
        else score_item(scheme, facts.told(part.code), part)
        for part in scheme.children(code)
    )


def _group_score(scheme: Scheme, facts: Facts, group: Group) -> GroupScore:
    parts = _parts(scheme, facts, group.code)
    printed = facts.groups.get(group.code)
    added = sum((part.final.points for part in parts), Fraction(0))
    rule = sum(map(_rule_points, parts), Fraction(0))
    if printed is None:
        return GroupScore(group, parts, rule, Scored(added, "下级合计"), Verdict.BY_RULE, None)
    if rounded(added, PLACES) == printed:
        return GroupScore(group, parts, rule, Scored(added, "下级合计"), Verdict.AGREES, printed)
    told = f"下级合计{points_text(added)}分，发布{points_text(printed)}分，没有说明理由"
    return GroupScore(group, parts, rule, Scored(printed, told), Verdict.DEPARTS, printed)


def _rule_points(part: GroupScore | ItemScore) -> Fraction:
    if isinstance(part, GroupScore):
        return part.rule
    return part.rule.points if part.rule else Fraction(0)


def score_item(scheme: Scheme, told: Told, item: Item) -> ItemScore:
    """One indicator by its rule, by the panel, and what holds in the end. Raises: ScoreProblem."""
    rule = rule_score(item, told)
    panel = Panel(told.marks) if told.marks else None
    final, verdict = _final(item, told, rule, panel)
    if scheme.places is not None:
        final = Scored(rounded(final.points, scheme.places), final.reason)
    span = _span(scheme, item, told, final) if verdict is Verdict.BY_RULE else None
    if span is not None:
        between = f"{points_text(span[0])}分至{points_text(span[1])}分"
        final = Scored(final.points, f"{final.reason}；数据部分可核实，按上下限计得{between}")
    return ItemScore(item, told, rule, panel, final, verdict, span)


def _span(scheme: Scheme, item: Item, told: Told, final: Scored) -> tuple[Fraction, Fraction] | None:
    """The points at the ends of a partly verifiable value; None where nothing can move them."""
    if told.ends is None:
        return None
    scores = [rule_score(item, replace(told, actual=one, ends=None)) for one in told.ends]
    points = [final.points, *(one.points for one in scores if one is not None)]
    if scheme.places is not None:
        points = [rounded(one, scheme.places) for one in points]
    return min(points), max(points)


def rule_score(item: Item, told: Told) -> Scored | None:
    """The score by the rule alone; None where there is nothing to apply it to."""
    if told.unverifiable:
        left = item.weight * (1 - item.unverifiable)
        return Scored(
            left, f"无法核实，扣{share_text(item.unverifiable)}" + (f"：{told.note}" if told.note else "")
        )
    if told.actual is None:
        return None
    if not isinstance(told.actual, item.rule.takes):
        raise ScoreProblem(
            f"{item.code} {item.title}：规则 {item.rule.kind} 用不上“{told.actual}”这种实际值。"
        )
    if isinstance(told.actual, Met) and len(told.actual.points) != len(item.points):
        counts = f"有{len(item.points)}条评价要点，填报了{len(told.actual.points)}条"
        raise ScoreProblem(f"{item.code} {item.title}：{counts}，应逐条对应。")
    try:
        scored = item.rule.score(told.actual, item.target, item.weight)
    except ScoreProblem as problem:
        raise ScoreProblem(f"{item.code} {item.title}：{problem}") from None
    if told.backed or not item.no_backing:
        return scored
    reason = f"{scored.reason}；没有后台统计数据支撑，扣{share_text(item.no_backing)}"
    return Scored(max(scored.points - item.weight * item.no_backing, Fraction(0)), reason)


def _open(told: Told) -> Scored:
    return Scored(Fraction(0), f"{told.shown or '尚未填报'}，暂计0分")


def _final(item: Item, told: Told, rule: Scored | None, panel: Panel | None) -> tuple[Scored, Verdict]:
    by_rule = f"按规则应得{points_text(rule.points)}分" if rule else "没有实际值可供核对"
    if panel is not None and item.expert_mix:
        return Scored(panel.mean, f"{panel.reason}；{by_rule}"), Verdict.BY_PANEL
    if told.decided is None:
        return (rule, Verdict.BY_RULE) if rule else (_open(told), Verdict.OPEN)
    printed = f"发布{points_text(told.decided)}分"
    if rule is None:
        return Scored(told.decided, f"{printed}；报告没有给出实际值，无法核对"), Verdict.UNCHECKED
    if rounded(rule.points, PLACES) == told.decided:
        return rule, Verdict.AGREES
    return Scored(told.decided, f"{printed}，{by_rule}（{rule.reason}），报告没有说明理由"), Verdict.DEPARTS
