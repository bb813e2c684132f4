"""The first page of a centre: what waits for whoever is signed in today."""

from flask import Blueprint, render_template

from web.access import Right, allowed
from web.pages.frame import make_frame
from web.tasks import list_tasks

pages = Blueprint("tasks", __name__)


@pages.get("/<center:center>/tasks")
@allowed(Right.SEE_FIGURES)
def mine(center: str) -> str:
    """Her tasks, by kind; a sentence where there is none."""
    around = make_frame(center)
    return render_template("tasks.html", frame=around, groups=list_tasks(center, around.today))
