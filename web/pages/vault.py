"""The vault of names and numbers: masked everywhere, in full only with a right, a reason and an audit row."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import psycopg
from flask import Blueprint, abort, render_template

from tracker.personal_numbers import TOKEN, TOKEN_NAMES
from web.access import Action, Right, allowed, get_visible_years, note
from web.access.masking import mask_value, masked_text
from web.access.years import is_named
from web.forms import Length, PageForm, TextAreaField, require
from web.instance import get_instance, get_log_connection, open_log_transaction
from web.pages.frame import make_frame

pages = Blueprint("vault", __name__)

_TOKEN = re.compile(TOKEN)


class ReasonForm(PageForm):
    """Why somebody must be known."""

    reason = TextAreaField(
        "查看理由",
        [require("查看理由"), Length(5, 200, "请写明具体用途，5 至 200 个字。")],
        render_kw={"rows": 3, "maxlength": 200},
    )


@pages.get("/<center:center>/vault/<token>")
@allowed(Right.REVEAL)
def ask(center: str, token: str) -> str:
    """The masked value, and the question why more is needed."""
    return _render_page(center, token, ReasonForm(formdata=None))


@pages.post("/<center:center>/vault/<token>")
@allowed(Right.REVEAL)
def reveal(center: str, token: str) -> str | tuple[str, int]:
    """The value in full, once, after the reason was written down."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _render_page(center, token, form), 422
    value, reason = _find_value(center, token), masked_text(str(form.reason.data))
    with open_log_transaction() as connection:
        note(connection, Action.REVEALED, f"{center} {token}", details={"reason": reason})
    return _render_page(center, token, form, revealed=value)


def read_masks(
    connection: psycopg.Connection[Any], center: str, contents: Iterable[Mapping[str, Any]]
) -> dict[str, str]:
    """The masked values of the tokens in what is told, also of those that stand within a text."""
    tokens = {token for one in contents for value in one.values() for token in _TOKEN.findall(str(value))}
    if not tokens:
        return {}
    found = get_instance().vault.read_values(connection, center, sorted(tokens))
    return {token: mask_value(token.partition("-")[0], found.get(token)) for token in tokens}


def _find_value(center: str, token: str) -> str | None:
    connection = get_log_connection()
    found = get_instance().vault.read_values(connection, center, [token])
    if token not in found or not is_named(connection, center, token, get_visible_years(center)):
        abort(404, f"没有脱敏标识为“{token}”的姓名或号码。请从对象页面进入。")
    return found[token]


def _render_page(center: str, token: str, form: ReasonForm, *, revealed: str | None = None) -> str:
    value, kind = _find_value(center, token), token.partition("-")[0]
    return render_template(
        "vault.html",
        frame=make_frame(center),
        token=token,
        kind=TOKEN_NAMES.get(kind, kind),
        masked=mask_value(kind, value),
        erased=value is None,
        revealed=revealed,
        form=form,
    )
