"""Several accounts at once from a pasted list, with the one-time passwords shown once."""

from datetime import date, timedelta

from flask import Blueprint, render_template, request

from tracker import centers
from tracker.events.times import get_day
from web.access import Action, Right, Role, allowed, get_person, get_request_origin, note, passwords
from web.access.pasted_people import ListProblem, NewPerson, add_people, parse_people
from web.access.people import Grant, format_grant
from web.forms import DateField, PageForm, SelectChoice, SelectField, TextAreaField, limit_length, require
from web.instance import get_log_connection, open_log_transaction

pages = Blueprint("new_people", __name__, url_prefix="/-/new-people")

USUAL_TIME = timedelta(days=364)
"""For how long a role is offered: it is renewed each year, and never for ever unless somebody asks for it."""


class PeopleListForm(PageForm):
    """The list, and at which centre and for how long all of them get their role."""

    center = SelectField("中心")
    first_day = DateField("起始日期", [require("起始日期")])
    last_day = DateField("截止日期（含）", [require("截止日期")])
    people = TextAreaField(
        "名单", [require("名单"), limit_length(8000)], render_kw={"rows": 8, "spellcheck": "false"}
    )


@pages.get("/")
@allowed(Right.MANAGE_PEOPLE)
def index() -> str:
    """The form, at the centre that a link names."""
    form = _make_form(empty=True)
    today = get_day(get_request_origin().now)
    form.first_day.data, form.last_day.data = today, today + USUAL_TIME
    form.center.data = request.args.get("center", "")
    return _render(form)


@pages.post("/")
@allowed(Right.MANAGE_PEOPLE)
def add() -> str | tuple[str, int]:
    """Adds all of them, or says which lines are to be changed."""
    form = _make_form()
    if not form.validate_on_submit():
        return _render(form), 422
    try:
        made = _add(form)
    except ListProblem as problem:
        form.people.errors = list(problem.lines)
        return _render(form), 422
    return render_template(
        "access/people_added.html", made=made, names=_list_names(), holds=passwords.ONE_TIME_HOLDS.days * 24
    )


def _add(form: PeopleListForm) -> list[NewPerson]:
    """Raises: ListProblem."""
    first: date = form.first_day.data
    end: date = form.last_day.data + timedelta(days=1)
    people, now = parse_people(str(form.people.data)), get_request_origin().now
    grant = Grant(Role.CLERK, str(form.center.data), None, first, end)
    with open_log_transaction() as connection:
        made = add_people(connection, people, grant, by=get_person().login, now=now)
        for one in made:
            note(connection, Action.PERSON_ADDED, one.login)
            note(connection, Action.GRANTED, one.login, details={"grant": format_grant(one.grant)})
    return made


def _make_form(*, empty: bool = False) -> PeopleListForm:
    form = PeopleListForm(formdata=None) if empty else PeopleListForm()
    form.center.choices = [SelectChoice(code, f"{name}（{code}）") for code, name in _list_names().items()]
    return form


def _list_names() -> dict[str, str]:
    return {one.center_id: one.name for one in centers.list_known_centers(get_log_connection())}


def _render(form: PeopleListForm) -> str:
    roles = [role for role in Role if role is not Role.EVALUATOR]
    return render_template("access/new_people.html", form=form, roles=roles)
