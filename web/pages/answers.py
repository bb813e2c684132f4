"""Paper questionnaires entered by hand, one after another; the form is made from the questionnaire's file."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from psycopg.errors import LockNotAvailable
from werkzeug.wrappers import Response

from ingest.forms import FORMS
from ingest.forms.answers import DAY, NUMBER, TITLE, PaperQuestionnaire, enter_answers, recognise_paper
from ingest.forms.entering import EntryProblem
from ingest.profiles.toml_profiles import ProfileProblem
from kpi.evaluation.surveys.questionnaire import (
    LETTERS,
    Question,
    QuestionnaireProblem,
    list_questionnaires,
    read_questionnaire,
)
from tracker.events.surveys import SurveyAnswered
from tracker.events.times import get_day
from tracker.facts.surveys import survey_answers
from tracker.log import Recorded
from tracker.periods import Year
from web.access import Action, Right, allowed, get_person, note
from web.instance import get_connection, get_instance, get_now
from web.pages.days import (
    TOLD_BUSY,
    begin_patiently,
    describe_locked_months,
    find_corrected_entry,
    make_day_frame,
)

pages = Blueprint("answers", __name__)

_BETWEEN = "；"  # of several answers to one question
_LAST_DIGITS = re.compile(r"\d+$", re.ASCII)


@dataclass(frozen=True)
class QuestionField:
    """A question as the page draws it."""

    place: int  # on the paper, from 1
    question: Question
    chosen: tuple[str, ...]
    error: str

    @property
    def name(self) -> str:
        """Of its inputs."""
        return _name_input(self.place)

    @property
    def options(self) -> list[tuple[str, str]]:
        """Letter and words of each option."""
        return list(zip(LETTERS, self.question.options, strict=False))


@dataclass(frozen=True)
class OfferedQuestionnaire:
    """A questionnaire as it is entered: the questions whose answers are kept, by their place on paper."""

    title: str
    questions: Mapping[int, Question]
    left_out: tuple[str, ...]  # those whose answers a file's would not be kept of either

    def is_of(self, event: Recorded) -> bool:
        """Whether a paper has these questions and no other."""
        answers = event.data["answers"]
        return isinstance(answers, dict) and set(answers) == {one.text for one in self.questions.values()}

    def make_paper(
        self, number: str, answered_on: str, answers: Mapping[str, str] | None = None
    ) -> PaperQuestionnaire:
        """A paper; questions without an answer are not answered."""
        filled = answers or {}
        return PaperQuestionnaire(
            number, answered_on, {one.text: filled.get(one.text, "") for one in self.questions.values()}
        )


@pages.get("/<center:center>/days/<day:day>/answers")
@allowed(Right.LOG)
def choose(center: str, day: date) -> str | Response:
    """Which questionnaire; straight on where there is one, or where ?event= is a paper of one."""
    found, faulty = _list_offered(center)
    corrected = find_corrected_entry(center, [SurveyAnswered.type], request.args.get("event"))
    if corrected is not None:
        found = {name: one for name, one in found.items() if one.is_of(corrected)}
        if not found:
            abort(404, "没有题目与该答卷一致的问卷，不能在此修改。请修改来源文件后重新导入。")
    if (len(found) == 1 and not faulty) or corrected is not None:
        event = corrected.seq if corrected else None
        return redirect(
            url_for("answers.fill_in", center=center, day=day, questionnaire=next(iter(found)), event=event)
        )
    around = make_day_frame(center, day)
    return render_template(
        "days/questionnaires.html", frame=around, day=day, forms=FORMS, found=found, faulty=faulty
    )


@pages.get("/<center:center>/days/<day:day>/answers/<questionnaire>")
@allowed(Right.LOG)
def fill_in(center: str, day: date, questionnaire: str) -> str:
    """An empty paper, its number after the last one's; with ?event= that paper, to be corrected."""
    offered = _get_offered(center, questionnaire)
    corrected = find_corrected_entry(center, [SurveyAnswered.type], request.args.get("event"))
    if corrected is not None:
        return _render_page(
            center, day, questionnaire, offered, _read_paper(offered, corrected), {}, corrected
        )
    number, answered_on = request.args.get(NUMBER, ""), request.args.get(DAY) or day.isoformat()
    return _render_page(
        center, day, questionnaire, offered, offered.make_paper(number, answered_on), {}, None
    )


@pages.post("/<center:center>/days/<day:day>/answers/<questionnaire>")
@allowed(Right.LOG)
def send(center: str, day: date, questionnaire: str) -> str | Response | tuple[str, int]:
    """Writes the paper's event, or shows it again as it was filled in, each problem beside its question."""
    offered = _get_offered(center, questionnaire)
    corrected = find_corrected_entry(center, [SurveyAnswered.type], request.form.get("event"))
    paper = _read_sent(offered, corrected)
    try:
        with begin_patiently() as connection:
            entry = enter_answers(
                connection, get_instance().home, center, paper, by=get_person().signature, now=get_now(),
                vault=get_instance().vault, correcting=corrected is not None,
            )  # fmt: skip
            action = Action.LOGGED if corrected is None else Action.CORRECTED
            note(connection, action, f"{center}：{TITLE} {paper.subject}")
    except EntryProblem as problem:
        return _render_page(center, day, questionnaire, offered, paper, problem.told, corrected), 422
    except ProfileProblem as problem:
        return _render_page(center, day, questionnaire, offered, paper, {"": str(problem)}, corrected), 422
    except LockNotAvailable:
        return _render_page(center, day, questionnaire, offered, paper, {"": TOLD_BUSY}, corrected), 503
    days = [get_day(event.occurred_at) for event in entry.events if event.occurred_at]
    message = f"已保存：问卷 {paper.number}。{describe_locked_months(center, days)}"
    flash(message if entry.new else "内容无变化，未重复保存。")
    if corrected is not None or request.form.get("then") == "day":
        return redirect(url_for("days.day", center=center, day=day))
    there = url_for("answers.fill_in", center=center, day=day, questionnaire=questionnaire)
    following = urlencode({NUMBER: increment_number(paper.number), DAY: paper.answered_on})
    return redirect(f"{there}?{following}")


def increment_number(number: str) -> str:
    """The number after one that ends in digits, as wide as it; empty for any other."""
    digits = _LAST_DIGITS.search(number)
    if digits is None:
        return ""
    return f"{number[: digits.start()]}{int(digits[0]) + 1:0{len(digits[0])}d}"


def _render_page(
    center: str,
    day: date,
    name: str,
    offered: OfferedQuestionnaire,
    paper: PaperQuestionnaire,
    errors: Mapping[str, str],
    corrected: Recorded | None,
) -> str:
    fields = [
        QuestionField(place, one, _list_chosen(paper.answers[one.text]), errors.get(one.text, ""))
        for place, one in offered.questions.items()
    ]
    there = {NUMBER, DAY, *paper.answers}
    return render_template(
        "days/answers.html",
        frame=make_day_frame(center, day),
        day=day,
        forms=FORMS,
        name=name,
        offered=offered,
        several=len(list_questionnaires(get_instance().home)) > 1,
        paper=paper,
        asked=fields,
        told=errors,
        other_told=[sentence for key, sentence in errors.items() if key not in there],
        corrected=corrected,
        count=_count_papers(center, Year(day.year)),
    )


def _count_papers(center: str, year: Year) -> int:
    """All papers of a year, those of questionnaires that count for no figure included."""
    table = survey_answers.c
    of_year = sa.and_(table.answered_on >= year.first_day, table.answered_on < year.end_day)
    counted = sa.select(sa.func.count()).where(table.center_id == center, of_year)
    return int(get_connection().scalar(counted) or 0)


def _list_chosen(answer: str) -> tuple[str, ...]:
    return tuple(filter(None, answer.split(_BETWEEN)))


def _read_sent(offered: OfferedQuestionnaire, corrected: Recorded | None) -> PaperQuestionnaire:
    """What was filled in; an answer that the questionnaire does not offer is none."""
    answers = {}
    for place, one in offered.questions.items():
        chosen = [option for option in request.form.getlist(_name_input(place)) if option in one.options]
        answers[one.text] = _BETWEEN.join(chosen if one.multiple else chosen[:1])
    number = request.form.get(NUMBER, "").strip()
    if corrected is not None:
        number = str(corrected.data[NUMBER])
    return offered.make_paper(number, request.form.get(DAY, "").strip(), answers)


def _read_paper(offered: OfferedQuestionnaire, event: Recorded) -> PaperQuestionnaire:
    stored_answers = event.data["answers"]
    assert isinstance(stored_answers, dict)
    answers = {text: str(answer or "") for text, answer in stored_answers.items()}
    return offered.make_paper(str(event.data[NUMBER]), str(event.data[DAY]), answers)


def _list_offered(center: str) -> tuple[dict[str, OfferedQuestionnaire], list[str]]:
    """Those that can be entered, and what is wrong with the others."""
    found, faulty = {}, []
    for name, path in list_questionnaires(get_instance().home).items():
        try:
            found[name] = _read_questionnaire(center, path)
        except (QuestionnaireProblem, EntryProblem, ProfileProblem) as problem:
            faulty.append(f"{path.name}：{problem}" if isinstance(problem, EntryProblem) else str(problem))
    return found, faulty


def _get_offered(center: str, name: str) -> OfferedQuestionnaire:
    path = list_questionnaires(get_instance().home).get(name)
    if path is None:
        abort(404, "没有该问卷。请从当日页面进入。")
    try:
        return _read_questionnaire(center, path)
    except (QuestionnaireProblem, EntryProblem, ProfileProblem) as problem:
        abort(422, str(problem))


def _read_questionnaire(center: str, path: Path) -> OfferedQuestionnaire:
    """Raises: QuestionnaireProblem; EntryProblem for one that no figure could rest on; ProfileProblem."""
    found = read_questionnaire(path)
    blank = PaperQuestionnaire("", "", {one.text: "" for one in found.questions})
    unused = recognise_paper(get_instance().home, center, blank).unused
    kept_questions = {
        place: one for place, one in enumerate(found.questions, start=1) if one.text not in unused
    }
    return OfferedQuestionnaire(found.title, kept_questions, unused)


def _name_input(place: int) -> str:
    return f"q{place}"
