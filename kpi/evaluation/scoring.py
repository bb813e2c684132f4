"""Scores: rule, panel's and final score of every indicator, side by side, each with its reason."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from kpi.evaluation.actual import MetPoints
from kpi.evaluation.facts import EvaluationFacts, ItemFacts, Mark
from kpi.evaluation.numbers import PLACES, round_half_up_to, show_points, show_share
from kpi.evaluation.rules import RuleScore, ScoreProblem
from kpi.evaluation.scheme import Scheme, SchemeGroup, SchemeItem


class ScoreVerdict(StrEnum):
    """How a final score stands to its own rule."""

    BY_RULE = "按规则"  # no score was printed: the rule's holds
    AGREES = "相符"
    BY_PANEL = "专家评定"
    DEPARTS = "偏离规则"
    UNCHECKED = "无法核对"  # a score is printed, but not what it rests on
    OPEN = "待补"  # neither a value nor a score


@dataclass(frozen=True)
class ExpertPanel:
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
            return f"{self.marks[0].expert}评{show_points(self.mean)}分"
        mean = f"{len(self.marks)}位专家平均{show_points(self.mean)}分"
        return f"{mean}，最高与最低相差{show_points(self.spread)}分"


@dataclass(frozen=True)
class ItemScore:
    """One third-level indicator, scored."""

    item: SchemeItem
    told: ItemFacts
    rule: RuleScore | None  # None: nothing to apply the rule to
    panel: ExpertPanel | None
    final: RuleScore
    verdict: ScoreVerdict
    span: tuple[Fraction, Fraction] | None = None  # worst and best points of a partly verifiable value


@dataclass(frozen=True)
class GroupScore:
    """A first- or second-level indicator: the sum of what stands under it, or what was printed instead."""

    group: SchemeGroup
    parts: tuple["GroupScore | ItemScore", ...]
    rule: Fraction  # unscored parts bring nothing
    final: RuleScore
    verdict: ScoreVerdict
    printed: Fraction | None


@dataclass(frozen=True)
class Evaluation:
    """A scheme with everything told, scored."""

    scheme: Scheme
    facts: EvaluationFacts
    parts: tuple[GroupScore | ItemScore, ...]
    rule_total: Fraction  # of what could be scored by rule
    rule_weight: Fraction  # the weight of what could be scored by rule
    total: Fraction
    rating: str

    @property
    def items(self) -> list[ItemScore]:
        """All third-level scores in the order of the tree."""
        return [one for one in flatten_tree(self.parts) if isinstance(one, ItemScore)]

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


def evaluate(scheme: Scheme, facts: EvaluationFacts) -> Evaluation:
    """Raises: ScoreProblem that names the indicator whose value does not fit its rule."""
    parts = _score_parts(scheme, facts, None)
    total = sum((part.final.points for part in parts), Fraction(0))
    scored = [one for one in flatten_tree(parts) if isinstance(one, ItemScore) and one.rule]
    return Evaluation(
        scheme=scheme,
        facts=facts,
        parts=parts,
        rule_total=sum(map(_get_rule_points, parts), Fraction(0)),
        rule_weight=sum((one.item.weight for one in scored), Fraction(0)),
        total=total,
        rating=scheme.rating(total),
    )


def flatten_tree(parts: Sequence[GroupScore | ItemScore]) -> list[GroupScore | ItemScore]:
    """The tree in the order of reading."""
    found: list[GroupScore | ItemScore] = []
    for part in parts:
        found.append(part)
        if isinstance(part, GroupScore):
            found += flatten_tree(part.parts)
    return found


def _score_parts(
    scheme: Scheme, facts: EvaluationFacts, code: str | None
) -> tuple[GroupScore | ItemScore, ...]:
    return tuple(
        _score_group(scheme, facts, part)
        if isinstance(part, SchemeGroup)
        else score_item(scheme, facts.told(part.code), part)
        for part in scheme.list_children(code)
    )


def _score_group(scheme: Scheme, facts: EvaluationFacts, group: SchemeGroup) -> GroupScore:
    parts = _score_parts(scheme, facts, group.code)
    printed = facts.groups.get(group.code)
    added = sum((part.final.points for part in parts), Fraction(0))
    rule = sum(map(_get_rule_points, parts), Fraction(0))
    if printed is None:
        return GroupScore(group, parts, rule, RuleScore(added, "下级合计"), ScoreVerdict.BY_RULE, None)
    if round_half_up_to(added, PLACES) == printed:
        return GroupScore(group, parts, rule, RuleScore(added, "下级合计"), ScoreVerdict.AGREES, printed)
    sentence = f"下级合计{show_points(added)}分，发布{show_points(printed)}分，没有说明理由"
    return GroupScore(group, parts, rule, RuleScore(printed, sentence), ScoreVerdict.DEPARTS, printed)


def _get_rule_points(part: GroupScore | ItemScore) -> Fraction:
    if isinstance(part, GroupScore):
        return part.rule
    return part.rule.points if part.rule else Fraction(0)


def score_item(scheme: Scheme, facts: ItemFacts, item: SchemeItem) -> ItemScore:
    """One indicator by its rule, by the panel, and what holds in the end. Raises: ScoreProblem."""
    rule = score_by_rule(item, facts)
    panel = ExpertPanel(facts.marks) if facts.marks else None
    final, verdict = _decide_final(item, facts, rule, panel)
    if scheme.places is not None:
        final = RuleScore(round_half_up_to(final.points, scheme.places), final.reason)
    span = _compute_span(scheme, item, facts, final) if verdict is ScoreVerdict.BY_RULE else None
    if span is not None:
        between = f"{show_points(span[0])}分至{show_points(span[1])}分"
        final = RuleScore(final.points, f"{final.reason}；数据部分可核实，按上下限计得{between}")
    return ItemScore(item, facts, rule, panel, final, verdict, span)


def _compute_span(
    scheme: Scheme, item: SchemeItem, facts: ItemFacts, final: RuleScore
) -> tuple[Fraction, Fraction] | None:
    """The points at the ends of a partly verifiable value; None where nothing can move them."""
    if facts.ends is None:
        return None
    scores = [score_by_rule(item, replace(facts, actual=one, ends=None)) for one in facts.ends]
    points = [final.points, *(one.points for one in scores if one is not None)]
    if scheme.places is not None:
        points = [round_half_up_to(one, scheme.places) for one in points]
    return min(points), max(points)


def score_by_rule(item: SchemeItem, facts: ItemFacts) -> RuleScore | None:
    """The score by the rule alone; None where there is nothing to apply it to."""
    if facts.unverifiable:
        left = item.weight * (1 - item.unverifiable)
        return RuleScore(
            left,
            (
                "无法核实，不得分"
                if item.unverifiable == 1
                else f"无法核实，扣权重分的{show_share(item.unverifiable)}"
            )
            + (f"：{facts.note}" if facts.note else ""),
        )
    if facts.actual is None:
        return None
    if not isinstance(facts.actual, item.rule.takes):
        raise ScoreProblem(
            f"{item.code} {item.title}：规则 {item.rule.kind} 用不上“{facts.actual}”这种实际值。"
        )
    if isinstance(facts.actual, MetPoints) and len(facts.actual.points) != len(item.points):
        counts = f"有{len(item.points)}项评价要点，填报了{len(facts.actual.points)}项"
        raise ScoreProblem(f"{item.code} {item.title}：{counts}，应逐项对应。")
    try:
        scored = item.rule.score(facts.actual, item.target, item.weight)
    except ScoreProblem as problem:
        raise ScoreProblem(f"{item.code} {item.title}：{problem}") from None
    if facts.backed or not item.no_backing:
        return scored
    reason = f"{scored.reason}；无后台统计数据支撑，扣权重分的{show_share(item.no_backing)}"
    return RuleScore(max(scored.points - item.weight * item.no_backing, Fraction(0)), reason)


def _score_undecided(facts: ItemFacts) -> RuleScore:
    return RuleScore(Fraction(0), f"{facts.shown or '未填报'}，暂计0分")


def _decide_final(
    item: SchemeItem, facts: ItemFacts, rule: RuleScore | None, panel: ExpertPanel | None
) -> tuple[RuleScore, ScoreVerdict]:
    by_rule = f"按规则应得{show_points(rule.points)}分" if rule else "没有实际值可供核对"
    if panel is not None and item.expert_mix:
        return RuleScore(panel.mean, f"{panel.reason}；{by_rule}"), ScoreVerdict.BY_PANEL
    if facts.decided is None:
        return (rule, ScoreVerdict.BY_RULE) if rule else (_score_undecided(facts), ScoreVerdict.OPEN)
    printed = f"发布{show_points(facts.decided)}分"
    if rule is None:
        return RuleScore(facts.decided, f"{printed}；报告没有给出实际值，无法核对"), ScoreVerdict.UNCHECKED
    if round_half_up_to(rule.points, PLACES) == facts.decided:
        return rule, ScoreVerdict.AGREES
    return RuleScore(
        facts.decided, f"{printed}，{by_rule}（{rule.reason}），报告没有说明理由"
    ), ScoreVerdict.DEPARTS
