"""问卷: the cards' words about questionnaires."""

from fractions import Fraction
from statistics import pvariance

from tests.kpi.from_cards.centre import Centre
from tests.kpi.from_cards.plain import NOTHING, Number, Plain, share, within
from tracker.events.surveys import SurveyAnswered
from tracker.periods import Period


def _came_back(centre: Centre, period: Period) -> list[SurveyAnswered]:
    return [answer for answer in centre.answers if within(answer.answered_on, period)]


def _yes(answers: list[bool | None]) -> Number | None:
    """答“是”的，占回答了这一题的。没有问卷的月份为不适用。"""
    if not answers:
        return None
    return share((one for one in answers if one), (one for one in answers if one is not None))


def survey_awareness_rate(centre: Centre, period: Period) -> Number | None:
    return _yes([answer.aware for answer in _came_back(centre, period)])


def survey_can_use_rate(centre: Centre, period: Period) -> Number | None:
    return _yes([answer.can_use for answer in _came_back(centre, period)])


def survey_satisfaction_rate(centre: Centre, period: Period) -> Number | None:
    return _yes([answer.satisfied for answer in _came_back(centre, period)])


def survey_response_rate(centre: Centre, period: Period) -> Number | None:
    issued = [one.issued for one in centre.issues if within(one.issued_on, period)]
    returned = len(_came_back(centre, period))
    return Number(Fraction(returned), Fraction(sum(issued))) if issued or returned else None


def survey_cronbach_alpha(centre: Centre, period: Period) -> Number | None:
    """3÷(3−1)×(1−各题方差之和÷总分方差)，两边同乘份数的平方。"""
    answers = [(one.aware, one.can_use, one.satisfied) for one in _came_back(centre, period)]
    if not answers:
        return None
    complete = [[int(bool(item)) for item in one] for one in answers if None not in one]
    if not complete:
        return NOTHING
    squared = Fraction(len(complete)) ** 2
    items = sum(pvariance(map(Fraction, item)) for item in zip(*complete, strict=True))
    total = pvariance([Fraction(sum(one)) for one in complete])
    return Number(3 * (total - items) * squared, 2 * total * squared)


PLAIN: tuple[Plain, ...] = (
    survey_awareness_rate,
    survey_can_use_rate,
    survey_satisfaction_rate,
    survey_response_rate,
    survey_cronbach_alpha,
)
