"""Evaluations as JSON objects: points are exact decimals or fractions as text."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from kpi.evaluation.claims import ClaimResult
from kpi.evaluation.findings import list_findings
from kpi.evaluation.scheme import Scheme
from kpi.evaluation.scoring import Evaluation, GroupScore, ItemScore
from kpi.figures.serializing import format_exact

JsonObject = dict[str, Any]


def convert_evaluation(evaluation: Evaluation) -> JsonObject:
    """The score tree with all its reasons, and what is found."""
    facts = evaluation.facts
    return {
        "scheme": evaluation.scheme.key,
        "title": facts.title,
        "total": format_exact(evaluation.total),
        "rating": evaluation.rating,
        "rule_total": format_exact(evaluation.rule_total),
        "rule_weight": format_exact(evaluation.rule_weight),
        "span": [format_exact(end) for end in evaluation.span],
        "published_total": format_exact(facts.total),
        "published_rating": facts.rating,
        "scores": [_convert_part(part) for part in evaluation.parts],
        "findings": convert_results(list_findings(evaluation)),
    }


def convert_scheme(scheme: Scheme) -> JsonObject:
    """A scheme in a line: its name, its size, its bands."""
    return {
        "scheme": scheme.key,
        "title": scheme.title,
        "year": scheme.year,
        "source": scheme.source,
        "total": format_exact(scheme.total),
        "indicators": len(scheme.items),
        "automatic": sum(1 for item in scheme.items if item.feed.automatic),
    }


def convert_results(found: Sequence[ClaimResult]) -> list[JsonObject]:
    return [
        {
            "kind": one.kind,
            "of": one.of,
            "outcome": str(one.outcome),
            "sentence": one.sentence,
            "where": one.where,
            "difference": _convert_number(one.difference),
            "figure": one.figure,
        }
        for one in found
    ]


def _convert_part(part: GroupScore | ItemScore) -> JsonObject:
    if isinstance(part, GroupScore):
        return {
            "code": part.group.code,
            "title": part.group.title,
            "weight": format_exact(part.group.weight),
            "rule_score": format_exact(part.rule),
            "final_score": format_exact(part.final.points),
            "published_score": format_exact(part.printed),
            "verdict": str(part.verdict),
            "reason": part.final.reason,
            "parts": [_convert_part(one) for one in part.parts],
        }
    return _convert_item(part)


def _convert_item(part: ItemScore) -> JsonObject:
    panel = part.panel
    return {
        "code": part.item.code,
        "title": part.item.title,
        "weight": format_exact(part.item.weight),
        "target": part.item.wanted,
        "rule": part.item.rule.kind,
        "actual": part.told.text,
        "note": part.told.note,
        "provisional": part.told.provisional,
        "rule_score": format_exact(part.rule.points) if part.rule else None,
        "rule_reason": part.rule.reason if part.rule else None,
        "expert_score": format_exact(panel.mean) if panel else None,
        "expert_spread": format_exact(panel.spread) if panel else None,
        "experts": {mark.expert: format_exact(mark.points) for mark in panel.marks} if panel else {},
        "final_score": format_exact(part.final.points),
        "final_reason": part.final.reason,
        "published_score": format_exact(part.told.decided),
        "verdict": str(part.verdict),
        "span": [format_exact(end) for end in part.span] if part.span else None,
        "contradictions": [
            {
                "of": one.of,
                "attested": one.attested,
                "attested_by": one.attested_by,
                "counted": one.counted,
                "figure": one.figure,
                "reason": one.reason,
            }
            for one in part.told.contradictions
        ],
    }


def _convert_number(number: Fraction | None) -> str | None:
    return format_exact(number)
