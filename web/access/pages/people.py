"""The security administrator's pages: people, what they may, their locks and passwords."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import psycopg
import sqlalchemy as sa
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker import centers
from tracker.database import execute
from tracker.events.times import get_day
from tracker.signatures import is_same_name
from web.access import (
    Action,
    Right,
    Role,
    allowed,
    get_person,
    get_request_origin,
    note,
    passwords,
    resets,
    sessions,
    tables,
)
from web.access import people as known
from web.access.pages.new_people import USUAL_TIME
from web.access.people import Grant, PersonProblem, format_grant, parse_years
from web.access.sessions import END_REASONS
from web.forms import (
    DateField,
    Optional,
    PageForm,
    SelectChoice,
    SelectField,
    StringField,
    limit_length,
    require,
)
from web.instance import get_log_connection, open_log_transaction

pages = Blueprint("people", __name__, url_prefix="/-/people")

EVERY = "*"  # all centres
MOST_SESSIONS = 100  # on the page of a person, those that go on first
UNUSED = timedelta(days=90)  # an account without a sign-in for so long is pointed out


class NewPersonForm(PageForm):
    """Somebody new."""

    login = StringField("登录名", [require("登录名"), limit_length(32)], render_kw={"autocomplete": "off"})
    name = StringField("姓名", [require("姓名"), limit_length(32)], render_kw={"autocomplete": "off"})


class NewGrantForm(PageForm):
    """A role to be given."""

    role = SelectField("角色", choices=[SelectChoice(role.value, role.label) for role in Role])
    center = SelectField("中心", validate_choice=True)
    years = StringField("年度", [limit_length(80)], render_kw={"placeholder": "如 2025、2026；不填为全部"})
    first_day = DateField("起始日期", [require("起始日期")])
    last_day = DateField("截止日期（含）", [Optional()])


@pages.get("/")
@allowed(Right.MANAGE_PEOPLE)
def index() -> str:
    """Everybody, with roles, locks and the last sign-in."""
    return _render_list(NewPersonForm(formdata=None))


@pages.post("/")
@allowed(Right.MANAGE_PEOPLE)
def add() -> str | tuple[str, int]:
    """Adds a person and shows the one-time password once."""
    form = NewPersonForm()
    if not form.validate_on_submit():
        return _render_list(form), 422
    login, password, there = (
        str(form.login.data).strip().lower(),
        passwords.make_one_time_password(),
        get_request_origin(),
    )
    try:
        with open_log_transaction() as connection:
            known.add_person(
                connection,
                login,
                str(form.name.data),
                by=get_person().login,
                now=there.now,
                password=password,
            )
            note(connection, Action.PERSON_ADDED, login)
    except PersonProblem as problem:
        field = form.login if "登录名" in str(problem)[:4] else form.name
        field.errors = [str(problem)]
        return _render_list(form), 422
    return _render_page(login, password=password)


@pages.get("/<login>")
@allowed(Right.MANAGE_PEOPLE)
def person(login: str) -> str:
    """One person: account, grants, sessions, and what can be done."""
    return _render_page(login)


@pages.post("/<login>/grants")
@allowed(Right.MANAGE_PEOPLE)
def grant(login: str) -> str | Response | tuple[str, int]:
    """Gives a role."""
    form, there = _make_grant_form(), get_request_origin()
    try:
        if not form.validate_on_submit():
            return _render_page(login, form=form), 422
        wanted = _read_wanted_grant(form)
        with open_log_transaction() as connection:
            known.get_account(connection, login)
            known.give(
                connection, login, wanted, by=get_person().login, now=there.now, today=get_day(there.now)
            )
            note(connection, Action.GRANTED, login, details={"grant": format_grant(wanted)})
    except PersonProblem as problem:
        form.role.errors = [str(problem)]
        return _render_page(login, form=form), 422
    flash(f"已授权：{format_grant(wanted)}。")
    return redirect(url_for("people.person", login=login))


@pages.post("/<login>/grants/<int:grant_id>/end")
@allowed(Right.MANAGE_PEOPLE)
def end_grant(login: str, grant_id: int) -> Response:
    """Takes a grant back; it stays on record."""
    _refuse_self(login)
    with open_log_transaction() as connection:
        ended = known.take_back(
            connection, login, grant_id, by=get_person().login, now=get_request_origin().now
        )
        if ended:
            note(connection, Action.GRANT_ENDED, login, details={"grant": format_grant(ended)})
            flash(f"已收回：{format_grant(ended)}。")
    return redirect(url_for("people.person", login=login))


@pages.post("/<login>/resets")
@allowed(Right.MANAGE_PEOPLE)
def ask_reset(login: str) -> str | Response | tuple[str, int]:
    """Asks for a new password, or for the end of the second factor; another administrator confirms it."""
    what, password = request.form.get("what", ""), None
    if what not in resets.TITLES:
        abort(404, "没有这种办理事项。")
    try:
        with open_log_transaction() as connection:
            account = _get_account(connection, login)
            if resets.needs_second(account, what):
                by, now = get_person().login, get_request_origin().now
                resets.ask_reset(connection, login, what, by=by, now=now)
                note(connection, Action.RESET_ASKED, login, details={"what": resets.TITLES[what]})
            else:
                password = _set_one_time_password(connection, account)
    except PersonProblem as problem:
        return _render_page(login, problem=str(problem)), 422
    if password:
        return _render_page(login, password=password)
    flash(f"已申请{resets.TITLES[what]}，请另一位安全管理员在本页批准。")
    return redirect(url_for("people.person", login=login))


@pages.post("/<login>/resets/<int:number>/<any(confirmation, refusal):decision>")
@allowed(Right.MANAGE_PEOPLE)
def decide_reset(login: str, number: int, decision: str) -> str | Response | tuple[str, int]:
    """Carries out what another administrator asked for, or drops it."""
    by, now, password = get_person().login, get_request_origin().now, None
    try:
        with open_log_transaction() as connection:
            account = _get_account(connection, login)
            if decision == "refusal":
                found = resets.drop_reset(connection, login, number, by=by, now=now)
                note(connection, Action.RESET_DROPPED, login, details={"what": found.title})
            else:
                found = resets.confirm_reset(connection, login, number, by=by, now=now)
                password = _carry_out(connection, account, found)
    except PersonProblem as problem:
        return _render_page(login, problem=str(problem)), 422
    if password:
        return _render_page(login, password=password)
    flash(f"{'不办理' if decision == 'refusal' else '已办理'}：{found.title}。")
    return redirect(url_for("people.person", login=login))


def _carry_out(
    connection: psycopg.Connection[Any], account: known.Account, found: resets.AccountReset
) -> str | None:
    """Does what two administrators want; gives a new password to be shown once."""
    if found.what == "password":
        return _set_one_time_password(connection, account, asked_by=found.asked_by)
    known.forget_second_factor(connection, account.login)
    sessions.end_all(connection, account.login, now=get_request_origin().now, reason="closed")
    note(connection, Action.SECOND_FACTOR_REMOVED, account.login, details={"asked_by": found.asked_by})
    return None


def _set_one_time_password(
    connection: psycopg.Connection[Any], account: known.Account, **details: str
) -> str:
    password, now = passwords.make_one_time_password(), get_request_origin().now
    known.set_password(connection, account, password, now=now, must_change=True)
    sessions.end_all(connection, account.login, now=now, reason="password")
    note(connection, Action.PASSWORD_RESET, account.login, details=details)
    return password


@pages.post("/<login>/sessions/<session>/end")
@allowed(Right.MANAGE_PEOPLE)
def end_session(login: str, session: str) -> Response:
    """Ends one session of a person; her others go on."""
    now = get_request_origin().now
    with open_log_transaction() as connection:
        _get_account(connection, login)
        ended = sessions.end_one(connection, login, session, now=now, reason="closed")
        if ended:
            note(connection, Action.SESSION_CLOSED, login, details={"change": "已结束一个会话"})
    flash("已结束这个会话。" if ended else "这个会话已经结束，或不是这个账号的。")
    return redirect(url_for("people.person", login=login))


@pages.post("/<login>/<any(unlock, close, reopen, sign_out):what>")
@allowed(Right.MANAGE_PEOPLE)
def change(login: str, what: str) -> str | Response | tuple[str, int]:
    """Unlocks, closes or opens an account, or ends its sessions."""
    action, sentence, do = CHANGES[what]
    if what == "close":
        _refuse_self(login)
    try:
        with open_log_transaction() as connection:
            _get_account(connection, login)
            do(connection, login, get_request_origin().now)
            note(connection, action, login, details={"change": sentence})
    except PersonProblem as problem:
        return _render_page(login, problem=str(problem)), 422
    flash(f"{sentence}。")
    return redirect(url_for("people.person", login=login))


def _unlock(connection: psycopg.Connection[Any], login: str, _: datetime) -> None:
    known.unlock(connection, login)


def _close(connection: psycopg.Connection[Any], login: str, now: datetime) -> None:
    known.set_active(connection, login, False)
    sessions.end_all(connection, login, now=now, reason="closed")


def _reopen(connection: psycopg.Connection[Any], login: str, _: datetime) -> None:
    known.set_active(connection, login, True)


def _sign_out(connection: psycopg.Connection[Any], login: str, now: datetime) -> None:
    sessions.end_all(connection, login, now=now, reason="closed")


AccountChange = Callable[[psycopg.Connection[Any], str, datetime], None]

CHANGES: dict[str, tuple[Action, str, AccountChange]] = {
    "unlock": (Action.UNLOCKED, "已解锁", _unlock),
    "close": (Action.PERSON_CHANGED, "已停用", _close),
    "reopen": (Action.PERSON_CHANGED, "已启用", _reopen),
    "sign_out": (Action.SESSION_CLOSED, "已强制下线", _sign_out),
}


def _render_list(form: NewPersonForm) -> str:
    connection = get_log_connection()
    table = tables.sessions.c
    seen = sa.select(table.login, sa.func.max(table.created_at)).group_by(table.login)
    accounts = known.list_accounts(connection)
    return render_template(
        "access/people.html",
        accounts=accounts,
        namesakes=_list_namesakes(accounts),
        grants=known.read_grants(connection),
        seen=dict(execute(connection, seen).fetchall()),
        waiting={one.login for one in resets.list_waiting_resets(connection, get_request_origin().now)},
        unused_since=get_request_origin().now - UNUSED,
        now=get_request_origin().now,
        today=get_day(get_request_origin().now),
        form=form,
    )


def _render_page(
    login: str, *, form: NewGrantForm | None = None, password: str | None = None, problem: str | None = None
) -> str:
    connection, now = get_log_connection(), get_request_origin().now
    return render_template(
        "access/person.html",
        account=_get_account(connection, login),
        grants=known.read_grants(connection, login).get(login, []),
        now=now,
        today=get_day(now),
        form=form or _make_grant_form(empty=True),
        names={one.center_id: one.name for one in centers.list_known_centers(connection)},
        password=password,
        problem=problem,
        waiting=resets.list_waiting_resets(connection, now, login),
        sessions=sessions.list_sessions(connection, login, most=MOST_SESSIONS),
        reasons=END_REASONS,
        login=get_person().login,
        holds=passwords.ONE_TIME_HOLDS.days * 24,
        own=login == get_person().login,
    )


def _list_namesakes(accounts: list[known.Account]) -> set[str]:
    """The accounts in use that share their name with another one in use."""
    active = [one for one in accounts if one.active]
    return {
        one.login
        for one in active
        if any(is_same_name(one.name, other.name) for other in active if other is not one)
    }


def _make_grant_form(*, empty: bool = False) -> NewGrantForm:
    form = NewGrantForm(formdata=None) if empty else NewGrantForm()
    there = [
        SelectChoice(one.center_id, f"{one.name}（{one.center_id}）")
        for one in centers.list_known_centers(get_log_connection())
    ]
    form.center.choices = [SelectChoice("", "请选择"), *there, SelectChoice(EVERY, "全部中心")]
    if empty:
        today = get_day(get_request_origin().now)
        form.first_day.data, form.last_day.data = today, today + USUAL_TIME
        form.center.data = there[0].value if len(there) == 1 else ""
    return form


def _read_wanted_grant(form: NewGrantForm) -> Grant:
    """Raises: PersonProblem for years that cannot be read, or where no centre is chosen."""
    role, last = Role(str(form.role.data)), form.last_day.data
    if not form.center.data and not role.administers:
        raise PersonProblem("请选择中心；确须管理全部中心的，选“全部中心”。")
    return Grant(
        role,
        None if form.center.data in ("", EVERY) else str(form.center.data),
        parse_years(str(form.years.data or "")),
        form.first_day.data or date.min,
        last + timedelta(days=1) if last else None,
    )


def _get_account(connection: psycopg.Connection[Any], login: str) -> known.Account:
    account = known.find_account(connection, login)
    if account is None:
        abort(404, f"没有登录名为“{login}”的账号。")
    return account


def _refuse_self(login: str) -> None:
    if login == get_person().login:
        abort(403, "不能收回自己的授权或停用自己的账号；请由另一位安全管理员办理。")
