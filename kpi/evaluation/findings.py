"""What an evaluation as a whole shows by itself: the general rules that find a report's defects.

`FINDERS` is the registry; each goes through one evaluation and knows no particular report.
"""

from collections.abc import Callable, Iterator
from fractions import Fraction

from kpi.evaluation.actual import Amount, MetPoints
from kpi.evaluation.claims import ClaimOutcome, ClaimResult
from kpi.evaluation.numbers import PLACES, round_half_up_to, show_number, show_points
from kpi.evaluation.rules import RuleScore
from kpi.evaluation.rules.linear import Linear
from kpi.evaluation.rules.proportion import explain_overshot_target
from kpi.evaluation.scheme import Scheme
from kpi.evaluation.scoring import Evaluation, GroupScore, ItemScore, ScoreVerdict, flatten_tree
from kpi.figures.indicators.target import Sense

OFFICIAL_FLOORS = {"优": Fraction(90), "良": Fraction(80), "中": Fraction(60), "差": Fraction(0)}
OFFICIAL = "财预〔2020〕10号"


def list_findings(evaluation: Evaluation) -> list[ClaimResult]:
    """Everything to be said against an evaluation, its claims first; what agrees is left out."""
    return [
        one for one in run_checks(evaluation) if one.outcome in (ClaimOutcome.DEPARTS, ClaimOutcome.EXPLAIN)
    ]


def run_checks(evaluation: Evaluation) -> list[ClaimResult]:
    """Every check made, those that agree and those that could not be made among them."""
    of_claims = [one for claim in evaluation.facts.claims for one in claim.check()]
    return of_claims + [one for find in FINDERS for one in find(evaluation)]


def _find_departures(evaluation: Evaluation) -> Iterator[ClaimResult]:
    """A score departs from its own rule, by rule and without a panel's word."""
    for one in evaluation.items:
        if one.verdict is ScoreVerdict.DEPARTS and one.rule and one.told.decided is not None:
            difference = one.told.decided - round_half_up_to(one.rule.points, PLACES)
            sentence = one.final.reason + _describe_implied_value(one)
            if difference < 0 and _is_met(one):
                sentence += "；目标已经达到，不应扣分"
            yield ClaimResult(
                "departure", _format_item_name(one), ClaimOutcome.DEPARTS, sentence, "", difference
            )
        elif one.verdict is ScoreVerdict.AGREES:
            yield ClaimResult(
                "departure",
                _format_item_name(one),
                ClaimOutcome.AGREES,
                f"{one.rule.reason if one.rule else ''}",
            )
        elif one.verdict is ScoreVerdict.UNCHECKED:
            yield ClaimResult("departure", _format_item_name(one), ClaimOutcome.UNCHECKED, one.final.reason)


def _describe_implied_value(one: ItemScore) -> str:
    """What the printed score would stand for on a straight line."""
    points, rule = one.told.decided, one.item.rule
    if not isinstance(rule, Linear) or points is None or not 0 < points < one.item.weight:
        return ""
    return f"；{show_points(points)}分相当于{show_number(rule.find_implied_value(points, one.item.weight))}%"


def _find_panel_departures(evaluation: Evaluation) -> Iterator[ClaimResult]:
    """A panel's mark that is not the rule's score: not wrong, but both are shown."""
    for one in evaluation.items:
        if one.verdict is not ScoreVerdict.BY_PANEL or one.rule is None or one.panel is None:
            continue
        difference = one.panel.mean - round_half_up_to(one.rule.points, PLACES)
        if difference:
            sentence = f"专家评{show_points(one.panel.mean)}分，{_describe_rule(one.rule)}"
            yield ClaimResult("panel", _format_item_name(one), ClaimOutcome.EXPLAIN, sentence, "", difference)


def _check_printed_rule_scores(evaluation: Evaluation) -> Iterator[ClaimResult]:
    """The rule score that a report prints beside the panel's is the rule's."""
    for one in evaluation.items:
        stated = one.told.printed_rule
        if stated is None or one.rule is None:
            continue
        difference = stated - round_half_up_to(one.rule.points, PLACES)
        sentence = f"报告所写规则得分{show_points(stated)}分，{_describe_rule(one.rule)}"
        outcome = ClaimOutcome.DEPARTS if difference else ClaimOutcome.AGREES
        yield ClaimResult("rule_score", _format_item_name(one), outcome, sentence, "", difference)


def _find_group_departures(evaluation: Evaluation) -> Iterator[ClaimResult]:
    """A group's printed score is not the sum under it; worst where all its targets are met."""
    for group in flatten_tree(evaluation.parts):
        if not isinstance(group, GroupScore) or group.verdict is not ScoreVerdict.DEPARTS:
            continue
        difference = group.final.points - sum((part.final.points for part in group.parts), Fraction(0))
        met = [part for part in group.parts if isinstance(part, ItemScore) and _is_met(part)]
        lost = difference < 0 and len(met) == len(group.parts)
        sentence = group.final.reason
        if lost:
            full = f"各项都达到目标，应得满分{show_points(group.group.weight)}"
            sentence = "；".join(
                [f"{full}，{sentence}", *(_describe_half_spent(one) for one in met if _is_below(one))]
            )
        of = f"{group.group.code} {group.group.title}"
        yield ClaimResult(
            "met_lost" if lost else "group_score", of, ClaimOutcome.DEPARTS, sentence, "", difference
        )


def _is_met(one: ItemScore) -> bool:
    actual, target = one.told.actual, one.item.target
    return isinstance(actual, Amount) and target is not None and not actual.few and target.met(actual.value)


def _is_below(one: ItemScore) -> bool:
    """Whether less than an at-most target was spent, which a completion rate takes for a shortfall."""
    actual, target = one.told.actual, one.item.target
    at_most = target is not None and target.sense is Sense.AT_MOST
    return at_most and isinstance(actual, Amount) and target is not None and actual.value < target.value


def _describe_half_spent(one: ItemScore) -> str:
    assert isinstance(one.told.actual, Amount) and one.item.target is not None
    share = one.told.actual.value / one.item.target.value * 100
    met = f"“{one.item.title}”实际{one.told.actual}，目标{one.item.target}，没有超过即为达到"
    return f"{met}，不能按{show_number(share, 1)}%的完成率扣分"


def _find_low_targets(evaluation: Evaluation) -> Iterator[ClaimResult]:
    """A target overshot by far was set too low: it calls for an explanation."""
    for one in evaluation.items:
        if isinstance(one.told.actual, Amount) and one.item.target is not None:
            explanation = explain_overshot_target(one.told.actual, one.item.target)
            if explanation:
                yield ClaimResult("low_target", _format_item_name(one), ClaimOutcome.EXPLAIN, explanation)


def _find_lost_backing(evaluation: Evaluation) -> Iterator[ClaimResult]:
    """Points lost because nothing, or no back-end statistic, stands behind a number."""
    for one in evaluation.items:
        if one.rule is not None and (one.told.unverifiable or not one.told.backed):
            lost = one.rule.points - one.item.weight
            note = one.told.note if one.told.note not in one.rule.reason else ""
            sentence = f"{one.rule.reason}（{note}）" if note else one.rule.reason
            yield ClaimResult("no_backing", _format_item_name(one), ClaimOutcome.EXPLAIN, sentence, "", lost)


def _find_attested_otherwise(evaluation: Evaluation) -> Iterator[ClaimResult]:
    """Something attested that the centre's own log counts otherwise; with a reason it has to be explained."""
    for one in evaluation.items:
        for found in one.told.contradictions:
            outcome = ClaimOutcome.EXPLAIN if found.reason else ClaimOutcome.DEPARTS
            yield ClaimResult(
                "attested", _format_item_name(one), outcome, found.sentence, figure=found.figure
            )


def _find_contradictory_points(evaluation: Evaluation) -> Iterator[ClaimResult]:
    """Points that rest on the same fact are met together or not at all."""
    by_condition: dict[str, list[tuple[ItemScore, bool]]] = {}
    for one in evaluation.items:
        if isinstance(one.told.actual, MetPoints):
            for point, met in zip(one.item.points, one.told.actual.points, strict=True):
                if point.quantity is not None and met is not None:
                    by_condition.setdefault(point.quantity, []).append((one, met))
    for quantity, places in by_condition.items():
        if len({met for _, met in places}) > 1:
            sentence = "；".join(
                f"{_format_item_name(one)}判为{'满足' if met else '不满足'}" for one, met in places
            )
            yield ClaimResult(
                "contradiction", quantity, ClaimOutcome.DEPARTS, f"同一事实前后判定不一：{sentence}"
            )


def _check_totals(evaluation: Evaluation) -> Iterator[ClaimResult]:
    """The printed total is what its parts come to, and its grade that of the scheme."""
    facts, total = evaluation.facts, evaluation.total
    if facts.total is not None:
        difference = facts.total - round_half_up_to(total, PLACES)
        outcome = ClaimOutcome.DEPARTS if difference else ClaimOutcome.AGREES
        sentence = f"各项合计{show_points(total)}分，发布{show_points(facts.total)}分"
        yield ClaimResult("total_score", "总分", outcome, sentence, "", difference)
    if facts.rating is not None:
        outcome = ClaimOutcome.AGREES if facts.rating == evaluation.rating else ClaimOutcome.DEPARTS
        sentence = f"{show_number(total, 4)}分属于“{evaluation.rating}”，发布为“{facts.rating}”"
        yield ClaimResult("rating", "评价等级", outcome, sentence)


def _check_bands(evaluation: Evaluation) -> Iterator[ClaimResult]:
    """Rating bands that are not the official ones."""
    scheme: Scheme = evaluation.scheme
    for band in scheme.bands:
        floor = OFFICIAL_FLOORS.get(band.name)
        if floor is None or scheme.total != 100 or floor == band.low:
            continue
        text = f"“{band.name}”从{show_points(band.low)}分起，{OFFICIAL}为{show_points(floor)}分，与规定不一致"
        yield ClaimResult("bands", f"等级“{band.name}”", ClaimOutcome.EXPLAIN, text, "", band.low - floor)


def _describe_rule(rule: RuleScore) -> str:
    return f"按规则应得{show_points(rule.points)}分（{rule.reason}）"


def _format_item_name(one: ItemScore) -> str:
    return f"{one.item.code} {one.item.title}"


FINDERS: tuple[Callable[[Evaluation], Iterator[ClaimResult]], ...] = (
    _find_departures,
    _find_panel_departures,
    _check_printed_rule_scores,
    _find_group_departures,
    _find_low_targets,
    _find_lost_backing,
    _find_attested_otherwise,
    _find_contradictory_points,
    _check_totals,
    _check_bands,
)
