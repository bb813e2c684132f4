"""问卷: the cards' words about questionnaires."""

from fractions import Fraction

from tests.kpi.from_cards.centre import Centre
from tests.kpi.from_cards.plain import Number, Plain, share, within
from tracker.events.surveys import SurveyAnswered
from tracker.periods import Period


def _counts(centre: Centre, survey: str | None, all_of_the_year: set[str | None]) -> bool | None:
    """一年只有一种问卷的计入；几种问卷并存的，以统计设定的说明为准，没有说明的不明。"""
    if len(all_of_the_year) == 1:
        return True
    said = {one.known_as: one.holds for one in centre.said if one.topic == "survey"}
    return said.get(survey)


def _came_back(centre: Centre, period: Period) -> list[tuple[SurveyAnswered, bool | None]]:
    """Each questionnaire of the period, and whether it counts."""
    year = {one.survey for one in centre.answers if one.answered_on.year == period.first_day.year}
    answers = [one for one in centre.answers if within(one.answered_on, period)]
    return [(one, _counts(centre, one.survey, year)) for one in answers]


def _yes(centre: Centre, period: Period, question: str) -> Number | None:
    """答“是”的，占回答了这一题的。没有问卷的月份为不适用；答了的没有一份说得出计不计入的，无法核实。"""
    answers = _came_back(centre, period)
    told = [(getattr(one, question), counts) for one, counts in answers if getattr(one, question) is not None]
    if not answers or (told and not any(counts is not None for _, counts in told)):
        return None
    return share((yes for yes, counts in told if counts and yes), (yes for yes, counts in told if counts))


def survey_awareness_rate(centre: Centre, period: Period) -> Number | None:
    return _yes(centre, period, "aware")


def survey_can_use_rate(centre: Centre, period: Period) -> Number | None:
    return _yes(centre, period, "can_use")


def survey_satisfaction_rate(centre: Centre, period: Period) -> Number | None:
    return _yes(centre, period, "satisfied")


def survey_response_rate(centre: Centre, period: Period) -> Number | None:
    """收回和发放都只数计入的问卷。"""
    year: set[str | None] = {
        one.survey for one in centre.issues if one.issued_on.year == period.first_day.year
    }
    issues = [one for one in centre.issues if within(one.issued_on, period)]
    issued = [(one.issued, _counts(centre, one.survey, year)) for one in issues]
    returned = _came_back(centre, period)
    if not (issued or returned) or any(
        rows and not any(counts is not None for _, counts in rows) for rows in (issued, returned)
    ):
        return None
    came_back = sum(1 for _, counts in returned if counts)
    known = sum(number for number, counts in issued if counts)
    unclear = sum(number for number, counts in issued if counts is None)
    return None if unclear > known else Number(Fraction(came_back), Fraction(known))


PLAIN: tuple[Plain, ...] = (
    survey_awareness_rate,
    survey_can_use_rate,
    survey_satisfaction_rate,
    survey_response_rate,
)
