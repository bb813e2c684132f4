"""Questionnaires: how the answers in the log are distributed, and how far they can be trusted."""

from collections.abc import Sequence

from flask import Blueprint, render_template
from markupsafe import Markup

from kpi.evaluation.surveys.distribution import OptionShare
from kpi.evaluation.surveys.from_log import count_unasked, evaluate_logged, read_logged, select_fitting
from kpi.evaluation.surveys.questionnaire import (
    Questionnaire,
    QuestionnaireProblem,
    list_questionnaires,
    read_questionnaire,
)
from kpi.evaluation.surveys.report import RELIABLE_FROM, describe_alpha, format_alpha, format_correlation
from kpi.figures.indicators.target import Sense
from tracker.periods import Period
from web import charts
from web.access import Right, allowed
from web.instance import get_connection, get_instance
from web.pages.analysis import tabs
from web.pages.frame import make_frame

pages = Blueprint("surveys", __name__)


@pages.get("/<center:center>/<period:period>/analysis/surveys")
@allowed(Right.SEE_FIGURES)
def answers(center: str, period: Period) -> str:
    """Each questionnaire's questions with its reliability, then the questions of no questionnaire."""
    about = make_frame(center, period)
    logged = read_logged(get_connection(), center, period)
    questionnaires, faults = _read_questionnaires()
    fit = select_fitting(questionnaires, logged)
    return render_template(
        "analysis/surveys.html",
        frame=about,
        tabs=tabs.list_tabs(about),
        periods=tabs.list_period_links(about, "surveys.answers"),
        filters=[],
        logged=logged,
        surveys=[evaluate_logged(one, logged) for one in fit],
        others=count_unasked(fit, logged),
        faults=faults,
        holds=lambda alpha: Sense.AT_LEAST.met(alpha, RELIABLE_FROM),
        alpha_text=format_alpha,
        judged_text=describe_alpha,
        bar=_draw_bar,
        correlation=format_correlation,
    )


def _read_questionnaires() -> tuple[list[Questionnaire], Sequence[str]]:
    """The questionnaires there are, and what is wrong with the files of others."""
    found, faults = [], []
    for path in list_questionnaires(get_instance().home).values():
        try:
            found.append(read_questionnaire(path))
        except QuestionnaireProblem as problem:
            faults.append(str(problem))
    return found, faults


def _draw_bar(share: OptionShare) -> Markup:
    return charts.draw_share_bar(share.share, about=share.option)
