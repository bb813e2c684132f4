"""What is left to do before a centre's first figures: a check list whose lines lead to where each is done."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from web.access import Action, Right, allowed, note
from web.instance import open_log_transaction
from web.pages.frame import make_frame
from web.pages.settings import refuse_some_years
from web.setup_list import CHECKED, list_setup, name_check

pages = Blueprint("setup", __name__)


@pages.get("/<center:center>/setup")
@allowed(Right.SEE_FIGURES)
def listed(center: str) -> str:
    """What is left to do before the first figures, with where it is done."""
    around = make_frame(center)
    lines = list_setup(center, around.today)
    left = sum(not one.settled for one in lines)
    return render_template("settings/setup.html", frame=around, lines=lines, left=left, checks=CHECKED)


@pages.post("/<center:center>/setup/<what>")
@allowed(Right.SUBMIT)
def check(center: str, what: str) -> Response:
    """Says that one looked at what the product cannot know, or that it does not apply."""
    refuse_some_years(center)
    if what in CHECKED:
        with open_log_transaction() as connection:
            note(connection, Action.SETUP_CHECKED, name_check(center, what))
        flash(f"已记录：{CHECKED[what]}。")
    return redirect(url_for("setup.listed", center=center))
