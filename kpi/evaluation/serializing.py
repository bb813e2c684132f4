"""Evaluations as JSON objects: points are exact decimals or fractions as text."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from kpi.evaluation.claims import Checked
from kpi.evaluation.findings import findings
from kpi.evaluation.scheme import Scheme
from kpi.evaluation.scoring import Evaluation, GroupScore, ItemScore
from kpi.figures.serializing import exact

Written = dict[str, Any]


def evaluation_as_json(evaluation: Evaluation) -> Written:
    """The score tree with all its reasons, and what is found."""
    facts = evaluation.facts
    return {
        "scheme": evaluation.scheme.key,
        "title": facts.title,
        "total": exact(evaluation.total),
        "rating": evaluation.rating,
        "rule_total": exact(evaluation.rule_total),
        "rule_weight": exact(evaluation.rule_weight),
        "span": [exact(end) for end in evaluation.span],
        "published_total": exact(facts.total),
        "published_rating": facts.rating,
        "scores": [_part(part) for part in evaluation.parts],
        "findings": checked_as_json(findings(evaluation)),
    }


def scheme_as_json(scheme: Scheme) -> Written:
    """A scheme in a line: its name, its size, its bands."""
    return {
        "scheme": scheme.key,
        "title": scheme.title,
        "year": scheme.year,
        "source": scheme.source,
        "total": exact(scheme.total),
        "indicators": len(scheme.items),
        "automatic": sum(1 for item in scheme.items if item.feed.automatic),
    }


def checked_as_json(found: Sequence[Checked]) -> list[Written]:
    return [
        {
            "kind": one.kind,
            "of": one.of,
            "outcome": str(one.outcome),
            "sentence": one.sentence,
            "where": one.where,
            "difference": _number(one.difference),
            "figure": one.figure,
        }
        for one in found
    ]


def _part(part: GroupScore | ItemScore) -> Written:
    if isinstance(part, GroupScore):
        return {
            "code": part.group.code,
            "title": part.group.title,
            "weight": exact(part.group.weight),
            "rule_score": exact(part.rule),
            "final_score": exact(part.final.points),
            "published_score": exact(part.printed),
            "verdict": str(part.verdict),
            "reason": part.final.reason,
            "parts": [_part(one) for one in part.parts],
        }
    return _item(part)


def _item(part: ItemScore) -> Written:
    panel = part.panel
    return {
        "code": part.item.code,
        "title": part.item.title,
        "weight": exact(part.item.weight),
        "target": part.item.wanted,
        "rule": part.item.rule.kind,
        "actual": part.told.text,
        "note": part.told.note,
        "provisional": part.told.provisional,
        "rule_score": exact(part.rule.points) if part.rule else None,
        "rule_reason": part.rule.reason if part.rule else None,
        "expert_score": exact(panel.mean) if panel else None,
        "expert_spread": exact(panel.spread) if panel else None,
        "experts": {mark.expert: exact(mark.points) for mark in panel.marks} if panel else {},
        "final_score": exact(part.final.points),
        "final_reason": part.final.reason,
        "published_score": exact(part.told.decided),
        "verdict": str(part.verdict),
        "span": [exact(end) for end in part.span] if part.span else None,
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


def _number(number: Fraction | None) -> str | None:
    return exact(number)
