"""What the centre says once, topic by topic: what is said, and the names of which nothing is said yet."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ingest.forms.declarations import ANSWERS, DECLARATION, TITLES
from ingest.forms.entering import EntryProblem, enter
from ingest.records.declarations import read_declared
from tracker.events.declarations import TOPICS
from web.access import Action, Right, allowed, note, signed_in
from web.instance import instance, log_db, now, writing
from web.pages.frame import frame

pages = Blueprint("declarations", __name__)


@pages.get("/<center:center>/declarations/")
@allowed(Right.LOG)
def listed(center: str) -> str:
    """Every topic."""
    states = [(TOPICS[one.topic], one) for one in read_declared(log_db(), center)]
    return render_template("imports/declarations.html", frame=frame(center), states=states)


@pages.post("/<center:center>/declarations/")
@allowed(Right.LOG)
def say(center: str) -> Response:
    """Says one thing of one name, or of the centre."""
    typed = {name: request.form.get(name, "").strip() for name in ("known_as", "first_day", "basis")}
    topic, answer = request.form.get("topic", ""), request.form.get("holds", "")
    values = {"topic": TITLES.get(topic, ""), "holds": ANSWERS.get(answer, ""), **typed}
    by = signed_in().name
    try:
        with writing() as connection:
            enter(
                connection, instance().home, center, DECLARATION, values, by=by, now=now(),
                vault=instance().vault.fresh(),
            )  # fmt: skip
            note(connection, Action.LOGGED, f"{center}：统计设定 {typed['known_as'] or TITLES[topic]}")
        told = TOPICS[topic]
        flash(f"已登记：{typed['known_as'] or '本中心'}{told.yes if answer == 'yes' else told.no}。")
    except EntryProblem as problem:
        flash(str(problem))
    return redirect(url_for("declarations.listed", center=center))
