"""The security administrator's page on which a person's numbers and names are erased, by two people."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from tracker import centers
from tracker.personal_text import find_numbers
from web.access import Action, Right, allowed, audit, erasures, get_person, get_request_origin, note
from web.access.erasures import ErasureProblem
from web.forms import Length, PageForm, SelectChoice, SelectField, StringField, TextAreaField, require
from web.instance import get_instance, get_log_connection, open_log_transaction

pages = Blueprint("erasures", __name__, url_prefix="/-/erasures")

_NO_AUTOFILL = {"autocomplete": "off", "maxlength": 40}


class ErasureForm(PageForm):
    """Whose values are to be erased, and why."""

    center = SelectField("中心")
    number = StringField("号码", render_kw=_NO_AUTOFILL)
    name = StringField("姓名", render_kw=_NO_AUTOFILL)
    reason = TextAreaField(
        "依据和理由",
        [require("依据和理由"), Length(5, 200, "请写明依据，5 至 200 个字。")],
        render_kw={"rows": 2, "maxlength": 200},
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """One of number and name is needed, and neither may stand in the reason, which the trail keeps."""
        fits = bool(super().validate(extra_validators))
        number, name, reason = (str(one.data or "").strip() for one in (self.number, self.name, self.reason))
        if not number and not name:
            self.number.errors = ["请填写号码或姓名。"]
            fits = False
        if find_numbers(reason) or (name and name in reason):
            self.reason.errors = ["理由会记入审计日志，请勿在其中写姓名和号码。"]
            fits = False
        return fits


@pages.get("/")
@allowed(Right.ERASE)
def index() -> str:
    """What waits and what was done."""
    return _render(_make_form(empty=True))


@pages.post("/")
@allowed(Right.ERASE)
def ask() -> str | Response | tuple[str, int]:
    """Asks for an erasure; number and name are not written down."""
    form, here = _make_form(), get_request_origin()
    if not form.validate_on_submit():
        return _render(form), 422
    center, vault = str(form.center.data), get_instance().vault
    number, name = (str(one.data or "").strip() for one in (form.number, form.name))
    reason = str(form.reason.data).strip()
    try:
        with open_log_transaction() as connection:
            own = vault.of(connection, center)
            wanted = erasures.list_tokens(own, [number] if number else [], [name] if name else [])
            tokens = erasures.ask_erasure(
                connection, vault, center, wanted, reason, by=get_person().login, now=here.now
            )
            details = {"tokens": "、".join(tokens), "reason": reason}
            note(connection, Action.ERASURE_ASKED, center, details=details)
    except ErasureProblem as problem:
        audit(Action.ERASURE_ASKED, center, result="failed", details={"reason": reason})
        form.number.errors = [str(problem)]
        return _render(form), 422
    flash(f"已申请删除 {len(tokens)} 项，请另一位安全管理员在本页确认。")
    return redirect(url_for("erasures.index"))


@pages.post("/<int:number>/<any(confirmation, refusal):decision>")
@allowed(Right.ERASE)
def decide(number: int, decision: str) -> str | Response | tuple[str, int]:
    """Erases what another administrator asked for, or drops it."""
    by, now = get_person().login, get_request_origin().now
    try:
        with open_log_transaction() as connection:
            if decision == "refusal":
                found = erasures.drop_erasure(connection, number, by=by, now=now)
                action, tokens, told = Action.ERASURE_DROPPED, found.tokens, "已撤销，没有删除。"
            else:
                found, tokens = erasures.confirm_erasure(connection, number, by=by, now=now)
                action, told = Action.ERASED, f"已删除 {len(tokens)} 项，不能恢复；指标和日志不变。"
            details = {"tokens": "、".join(tokens), "reason": found.reason, "asked_by": found.asked_by}
            note(connection, action, found.center_id, details=details)
    except ErasureProblem as problem:
        return _render(_make_form(empty=True), str(problem)), 422
    flash(told)
    return redirect(url_for("erasures.index"))


def _make_form(*, empty: bool = False) -> ErasureForm:
    form = ErasureForm(formdata=None) if empty else ErasureForm()
    form.center.choices = [
        SelectChoice(one.center_id, f"{one.name}（{one.center_id}）")
        for one in centers.list_known_centers(get_log_connection())
    ]
    return form


def _render(form: ErasureForm, problem: str | None = None) -> str:
    connection, now, vault = get_log_connection(), get_request_origin().now, get_instance().vault
    requests = erasures.list_requests(connection)
    waiting = [one for one in requests if one.waits(now)]
    return render_template(
        "access/erasures.html",
        form=form,
        problem=problem,
        waiting=[(one, erasures.mask_tokens(connection, vault, one)) for one in waiting],
        past=[one for one in requests if one not in waiting],
        login=get_person().login,
        days=erasures.HOLDS.days,
    )
