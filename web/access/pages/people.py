"""The security administrator's pages: people, what they may, their locks and passwords."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import psycopg
import sqlalchemy as sa
from flask import Blueprint, abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from tracker import centers
from tracker.database import execute
from tracker.events.times import day_of
from web.access import Action, Right, Role, allowed, asking, note, passwords, sessions, signed_in, tables
from web.access import people as known
from web.access.people import Grant, PersonProblem, label_of, years_of
from web.forms import DateField, Form, Optional, SelectChoice, SelectField, StringField, at_most, required
from web.instance import log_db, writing

pages = Blueprint("people", __name__, url_prefix="/-/people")

EVERY = "*"  # all centres
UNUSED = timedelta(days=90)  # an account without a sign-in for so long is pointed out


class NewPerson(Form):
    """Somebody new."""

    login = StringField("登录名", [required("登录名"), at_most(32)], render_kw={"autocomplete": "off"})
    name = StringField("姓名", [required("姓名"), at_most(32)], render_kw={"autocomplete": "off"})


class NewGrant(Form):
    """A role to be given."""

    role = SelectField("角色", choices=[SelectChoice(role.value, role.label) for role in Role])
    center = SelectField("中心", validate_choice=True)
    years = StringField("年度", [at_most(80)], render_kw={"placeholder": "如 2025、2026；不填为全部"})
    first_day = DateField("起始日期", [required("起始日期")])
    last_day = DateField("截止日期（含）", [Optional()])


@pages.get("/")
@allowed(Right.MANAGE_PEOPLE)
def index() -> str:
    """Everybody, with roles, locks and the last sign-in."""
    return _list(NewPerson(formdata=None))


@pages.post("/")
@allowed(Right.MANAGE_PEOPLE)
def add() -> str | tuple[str, int]:
    """Adds a person and shows the one-time password once."""
    form = NewPerson()
    if not form.validate_on_submit():
        return _list(form), 422
    login, password, there = str(form.login.data).strip().lower(), passwords.one_time(), asking()
    try:
        with writing() as connection:
            known.add_person(
                connection, login, str(form.name.data), by=signed_in().login, now=there.now, password=password
            )
            note(connection, Action.PERSON_ADDED, login)
    except PersonProblem as problem:
        form.login.errors = [str(problem)]
        return _list(form), 422
    return _page(login, password=password)


@pages.get("/<login>")
@allowed(Right.MANAGE_PEOPLE)
def person(login: str) -> str:
    """One person: account, grants, sessions, and what can be done."""
    return _page(login)


@pages.post("/<login>/grants")
@allowed(Right.MANAGE_PEOPLE)
def grant(login: str) -> str | Response | tuple[str, int]:
    """Gives a role."""
    form, there = _grant_form(), asking()
    try:
        if not form.validate_on_submit():
            return _page(login, form=form), 422
        wanted = _wanted(form)
        with writing() as connection:
            known.known_account(connection, login)
            known.give(
                connection, login, wanted, by=signed_in().login, now=there.now, today=day_of(there.now)
            )
            note(connection, Action.GRANTED, login, details={"grant": label_of(wanted)})
    except PersonProblem as problem:
        form.role.errors = [str(problem)]
        return _page(login, form=form), 422
    flash(f"已授权：{label_of(wanted)}。")
    return redirect(url_for("people.person", login=login))


@pages.post("/<login>/grants/<int:grant_id>/end")
@allowed(Right.MANAGE_PEOPLE)
def end_grant(login: str, grant_id: int) -> Response:
    """Takes a grant back; it stays on record."""
    _refuse_self(login)
    with writing() as connection:
        ended = known.take_back(connection, login, grant_id, by=signed_in().login, now=asking().now)
        if ended:
            note(connection, Action.GRANT_ENDED, login, details={"grant": label_of(ended)})
            flash(f"已收回：{label_of(ended)}。")
    return redirect(url_for("people.person", login=login))


@pages.post("/<login>/password")
@allowed(Right.MANAGE_PEOPLE)
def reset_password(login: str) -> str:
    """A new one-time password, shown once; all sessions of the person end."""
    password, there = passwords.one_time(), asking()
    with writing() as connection:
        account = _account(connection, login)
        known.set_password(connection, account, password, now=there.now, must_change=True)
        sessions.end_all(connection, login, now=there.now, reason="password")
        note(connection, Action.PASSWORD_RESET, login)
    return _page(login, password=password)


@pages.post("/<login>/<any(unlock, close, reopen, forget_totp, sign_out):what>")
@allowed(Right.MANAGE_PEOPLE)
def change(login: str, what: str) -> Response:
    """Unlocks, closes or opens an account, forgets its second factor, or ends its sessions."""
    action, told, do = CHANGES[what]
    if what == "close":
        _refuse_self(login)
    with writing() as connection:
        _account(connection, login)
        do(connection, login, asking().now)
        note(connection, action, login, details={"change": told})
    flash(f"{told}。")
    return redirect(url_for("people.person", login=login))


def _unlock(connection: psycopg.Connection[Any], login: str, _: datetime) -> None:
    known.unlock(connection, login)


def _close(connection: psycopg.Connection[Any], login: str, now: datetime) -> None:
    known.set_active(connection, login, False)
    sessions.end_all(connection, login, now=now, reason="closed")


def _reopen(connection: psycopg.Connection[Any], login: str, _: datetime) -> None:
    known.set_active(connection, login, True)


def _forget_totp(connection: psycopg.Connection[Any], login: str, _: datetime) -> None:
    known.change_account(connection, login, totp=None, totp_step=0)


def _sign_out(connection: psycopg.Connection[Any], login: str, now: datetime) -> None:
    sessions.end_all(connection, login, now=now, reason="closed")


Change = Callable[[psycopg.Connection[Any], str, datetime], None]

CHANGES: dict[str, tuple[Action, str, Change]] = {
    "unlock": (Action.UNLOCKED, "已解锁", _unlock),
    "close": (Action.PERSON_CHANGED, "已停用", _close),
    "reopen": (Action.PERSON_CHANGED, "已启用", _reopen),
    "forget_totp": (Action.SECOND_FACTOR_REMOVED, "已停用动态码", _forget_totp),
    "sign_out": (Action.SESSION_CLOSED, "已结束全部会话", _sign_out),
}


def _list(form: NewPerson) -> str:
    connection = log_db()
    table = tables.sessions.c
    seen = sa.select(table.login, sa.func.max(table.created_at)).group_by(table.login)
    return render_template(
        "access/people.html",
        accounts=known.accounts(connection),
        grants=known.grants_of(connection),
        seen=dict(execute(connection, seen).fetchall()),
        unused_since=asking().now - UNUSED,
        now=asking().now,
        today=day_of(asking().now),
        form=form,
    )


def _page(login: str, *, form: NewGrant | None = None, password: str | None = None) -> str:
    connection, now = log_db(), asking().now
    return render_template(
        "access/person.html",
        account=_account(connection, login),
        grants=known.grants_of(connection, login).get(login, []),
        now=now,
        today=day_of(now),
        form=form or _grant_form(empty=True),
        names={one.center_id: one.name for one in centers.known(connection)},
        password=password,
        holds=passwords.ONE_TIME_HOLDS.days * 24,
        own=login == signed_in().login,
    )


def _grant_form(*, empty: bool = False) -> NewGrant:
    form = NewGrant(formdata=None) if empty else NewGrant()
    there = [SelectChoice(one.center_id, f"{one.name}（{one.center_id}）") for one in centers.known(log_db())]
    form.center.choices = [SelectChoice(EVERY, "全部中心"), *there]
    if empty:
        form.first_day.data = day_of(asking().now)
    return form


def _wanted(form: NewGrant) -> Grant:
    """Raises: PersonProblem for years that cannot be read."""
    role, last = Role(str(form.role.data)), form.last_day.data
    return Grant(
        role,
        None if form.center.data == EVERY else str(form.center.data),
        years_of(str(form.years.data or "")),
        form.first_day.data or date.min,
        last + timedelta(days=1) if last else None,
    )


def _account(connection: psycopg.Connection[Any], login: str) -> known.Account:
    account = known.find_account(connection, login)
    if account is None:
        abort(404, f"没有登录名为“{login}”的账号。")
    return account


def _refuse_self(login: str) -> None:
    if login == signed_in().login:
        abort(403, "不能收回自己的授权或停用自己的账号；请由另一位安全管理员办理。")
