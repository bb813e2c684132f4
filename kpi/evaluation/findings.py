"""What an evaluation as a whole shows by itself: the general rules that find a report's defects.

`FINDERS` is the registry; each goes through one evaluation and knows no particular report.
"""

from collections.abc import Callable, Iterator
from fractions import Fraction

from kpi.evaluation.actual import Amount, Met
from kpi.evaluation.claims import Checked, Outcome
from kpi.evaluation.numbers import PLACES, number_text, points_text, rounded
from kpi.evaluation.rules import Scored
from kpi.evaluation.rules.linear import Linear
from kpi.evaluation.rules.proportion import needs_explanation
from kpi.evaluation.scheme import Scheme
from kpi.evaluation.scoring import Evaluation, GroupScore, ItemScore, Verdict, walked
from kpi.figures.indicators.target import Sense

OFFICIAL_FLOORS = {"优": Fraction(90), "良": Fraction(80), "中": Fraction(60), "差": Fraction(0)}
OFFICIAL = "财预〔2020〕10号"


def findings(evaluation: Evaluation) -> list[Checked]:
    """Everything to be said against an evaluation, its claims first; what agrees is left out."""
    return [one for one in checked(evaluation) if one.outcome in (Outcome.DEPARTS, Outcome.EXPLAIN)]


def checked(evaluation: Evaluation) -> list[Checked]:
    """Every check made, those that agree and those that could not be made among them."""
    of_claims = [one for claim in evaluation.facts.claims for one in claim.check()]
    return of_claims + [one for find in FINDERS for one in find(evaluation)]


def _departures(evaluation: Evaluation) -> Iterator[Checked]:
    """A score departs from its own rule, by rule and without a panel's word."""
    for one in evaluation.items:
        if one.verdict is Verdict.DEPARTS and one.rule and one.told.decided is not None:
            difference = one.told.decided - rounded(one.rule.points, PLACES)
            told = one.final.reason + _implied(one)
            if difference < 0 and _is_met(one):
                told += "；目标已经达到，不应扣分"
            yield Checked("departure", _named(one), Outcome.DEPARTS, told, "", difference)
        elif one.verdict is Verdict.AGREES:
            yield Checked("departure", _named(one), Outcome.AGREES, f"{one.rule.reason if one.rule else ''}")
        elif one.verdict is Verdict.UNCHECKED:
            yield Checked("departure", _named(one), Outcome.UNCHECKED, one.final.reason)


def _implied(one: ItemScore) -> str:
    """What the printed score would stand for on a straight line."""
    points, rule = one.told.decided, one.item.rule
    if not isinstance(rule, Linear) or points is None or not 0 < points < one.item.weight:
        return ""
    return f"；{points_text(points)}分相当于{number_text(rule.implied(points, one.item.weight))}%"


def _panel_departures(evaluation: Evaluation) -> Iterator[Checked]:
    """A panel's mark that is not the rule's score: not wrong, but both are shown."""
    for one in evaluation.items:
        if one.verdict is not Verdict.BY_PANEL or one.rule is None or one.panel is None:
            continue
        difference = one.panel.mean - rounded(one.rule.points, PLACES)
        if difference:
            told = f"专家评{points_text(one.panel.mean)}分，{_by_rule(one.rule)}"
            yield Checked("panel", _named(one), Outcome.EXPLAIN, told, "", difference)


def _printed_rule_scores(evaluation: Evaluation) -> Iterator[Checked]:
    """The rule score that a report prints beside the panel's is the rule's."""
    for one in evaluation.items:
        stated = one.told.printed_rule
        if stated is None or one.rule is None:
            continue
        difference = stated - rounded(one.rule.points, PLACES)
        told = f"报告所写规则得分{points_text(stated)}分，{_by_rule(one.rule)}"
        outcome = Outcome.DEPARTS if difference else Outcome.AGREES
        yield Checked("rule_score", _named(one), outcome, told, "", difference)


def _group_departures(evaluation: Evaluation) -> Iterator[Checked]:
    """A group's printed score is not the sum under it; worst where all its targets are met."""
    for group in walked(evaluation.parts):
        if not isinstance(group, GroupScore) or group.verdict is not Verdict.DEPARTS:
            continue
        difference = group.final.points - sum((part.final.points for part in group.parts), Fraction(0))
        met = [part for part in group.parts if isinstance(part, ItemScore) and _is_met(part)]
        lost = difference < 0 and len(met) == len(group.parts)
        told = group.final.reason
        if lost:
            full = f"各项都达到目标，应得满分{points_text(group.group.weight)}"
            told = "；".join([f"{full}，{told}", *(_half_spent(one) for one in met if _is_below(one))])
        of = f"{group.group.code} {group.group.title}"
        yield Checked("met_lost" if lost else "group_score", of, Outcome.DEPARTS, told, "", difference)


def _is_met(one: ItemScore) -> bool:
    actual, target = one.told.actual, one.item.target
    return isinstance(actual, Amount) and target is not None and not actual.few and target.met(actual.value)


def _is_below(one: ItemScore) -> bool:
    """Whether less than an at-most target was spent, which a completion rate takes for a shortfall."""
    actual, target = one.told.actual, one.item.target
    at_most = target is not None and target.sense is Sense.AT_MOST
    return at_most and isinstance(actual, Amount) and target is not None and actual.value < target.value


def _half_spent(one: ItemScore) -> str:
    assert isinstance(one.told.actual, Amount) and one.item.target is not None
    share = one.told.actual.value / one.item.target.value * 100
    met = f"“{one.item.title}”实际{one.told.actual}，目标{one.item.target}，没有超过即为达到"
    return f"{met}，不能按{number_text(share, 1)}%的完成率扣分"


def _low_targets(evaluation: Evaluation) -> Iterator[Checked]:
    """A target overshot by far was set too low: it calls for an explanation."""
    for one in evaluation.items:
        if isinstance(one.told.actual, Amount) and one.item.target is not None:
            told = needs_explanation(one.told.actual, one.item.target)
            if told:
                yield Checked("low_target", _named(one), Outcome.EXPLAIN, told)


def _no_backing(evaluation: Evaluation) -> Iterator[Checked]:
    """Points lost because nothing, or no back-end statistic, stands behind a number."""
    for one in evaluation.items:
        if one.rule is not None and (one.told.unverifiable or not one.told.backed):
            lost = one.rule.points - one.item.weight
            note = one.told.note if one.told.note not in one.rule.reason else ""
            told = f"{one.rule.reason}（{note}）" if note else one.rule.reason
            yield Checked("no_backing", _named(one), Outcome.EXPLAIN, told, "", lost)


def _attested_otherwise(evaluation: Evaluation) -> Iterator[Checked]:
    """Something attested that the centre's own log counts otherwise; with a reason it has to be explained."""
    for one in evaluation.items:
        for found in one.told.contradictions:
            outcome = Outcome.EXPLAIN if found.reason else Outcome.DEPARTS
            yield Checked("attested", _named(one), outcome, found.sentence, figure=found.figure)


def _contradictions(evaluation: Evaluation) -> Iterator[Checked]:
    """Points that rest on the same fact are met together or not at all."""
    said: dict[str, list[tuple[ItemScore, bool]]] = {}
    for one in evaluation.items:
        if isinstance(one.told.actual, Met):
            for point, met in zip(one.item.points, one.told.actual.points, strict=True):
                if point.quantity is not None and met is not None:
                    said.setdefault(point.quantity, []).append((one, met))
    for quantity, places in said.items():
        if len({met for _, met in places}) > 1:
            told = "；".join(f"{_named(one)}判为{'满足' if met else '不满足'}" for one, met in places)
            yield Checked("contradiction", quantity, Outcome.DEPARTS, f"同一事实前后判定不一：{told}")


def _totals(evaluation: Evaluation) -> Iterator[Checked]:
    """The printed total is what its parts come to, and its grade that of the scheme."""
    facts, total = evaluation.facts, evaluation.total
    if facts.total is not None:
        difference = facts.total - rounded(total, PLACES)
        outcome = Outcome.DEPARTS if difference else Outcome.AGREES
        told = f"各项合计{points_text(total)}分，发布{points_text(facts.total)}分"
        yield Checked("total_score", "总分", outcome, told, "", difference)
    if facts.rating is not None:
        outcome = Outcome.AGREES if facts.rating == evaluation.rating else Outcome.DEPARTS
        told = f"{number_text(total, 4)}分属于“{evaluation.rating}”，发布为“{facts.rating}”"
        yield Checked("rating", "评价等级", outcome, told)


def _bands(evaluation: Evaluation) -> Iterator[Checked]:
    """Rating bands that are not the official ones."""
    scheme: Scheme = evaluation.scheme
    for band in scheme.bands:
        floor = OFFICIAL_FLOORS.get(band.name)
        if floor is None or scheme.total != 100 or floor == band.low:
            continue
        told = (
            f"“{band.name}”从{points_text(band.low)}分起，{OFFICIAL}为{points_text(floor)}分，与全国口径不同"
        )
        yield Checked("bands", f"等级“{band.name}”", Outcome.EXPLAIN, told, "", band.low - floor)


def _by_rule(rule: Scored) -> str:
    return f"按规则应得{points_text(rule.points)}分（{rule.reason}）"


def _named(one: ItemScore) -> str:
    return f"{one.item.code} {one.item.title}"


FINDERS: tuple[Callable[[Evaluation], Iterator[Checked]], ...] = (
    _departures,
    _panel_departures,
    _printed_rule_scores,
    _group_departures,
    _low_targets,
    _no_backing,
    _attested_otherwise,
    _contradictions,
    _totals,
    _bands,
)
