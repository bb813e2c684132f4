"""Questionnaires: how the answers in the log are distributed, and how far they can be trusted."""

from collections.abc import Sequence

from flask import Blueprint, render_template
from markupsafe import Markup

from kpi.evaluation.surveys.distribution import Share
from kpi.evaluation.surveys.from_log import evaluate_logged, fitting, read_logged, unasked
from kpi.evaluation.surveys.questionnaire import (
    Questionnaire,
    QuestionnaireProblem,
    questionnaires,
    read_questionnaire,
)
from kpi.evaluation.surveys.report import HOLDS, alpha_text, correlation_text, judged_text
from kpi.figures.indicators.target import Sense
from tracker.periods import Period
from web import charts
from web.access import Right, allowed
from web.instance import db, instance
from web.pages.analysis import tabs
from web.pages.frame import frame

pages = Blueprint("surveys", __name__)


@pages.get("/<center:center>/<period:period>/analysis/surveys")
@allowed(Right.SEE_FIGURES)
def answers(center: str, period: Period) -> str:
    """Each questionnaire's questions with its reliability, then the questions of no questionnaire."""
    about = frame(center, period)
    logged = read_logged(db(), center, period)
    known, faults = _known()
    fit = fitting(known, logged)
    return render_template(
        "analysis/surveys.html",
        frame=about,
        tabs=tabs.tabs(about),
        periods=tabs.periods(about, "surveys.answers"),
        filters=[],
        logged=logged,
        surveys=[evaluate_logged(one, logged) for one in fit],
        others=unasked(fit, logged),
        faults=faults,
        holds=lambda alpha: Sense.AT_LEAST.met(alpha, HOLDS),
        alpha_text=alpha_text,
        judged_text=judged_text,
        bar=_bar,
        correlation=correlation_text,
    )


def _known() -> tuple[list[Questionnaire], Sequence[str]]:
    """The questionnaires there are, and what is wrong with the files of others."""
    found, faults = [], []
    for path in questionnaires(instance().home).values():
        try:
            found.append(read_questionnaire(path))
        except QuestionnaireProblem as problem:
            faults.append(str(problem))
    return found, faults


def _bar(share: Share) -> Markup:
    return charts.share_bar(share.share, about=share.option)
