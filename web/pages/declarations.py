"""What the centre says once, topic by topic: what is said, and the names of which nothing is said yet."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ingest.forms.declarations import ANSWERS, DECLARATION, TITLES
from ingest.forms.entering import EntryProblem, enter_form
from ingest.records.declarations import CANNOT_BE_SAID, UNNAMED, read_declarations
from tracker.events.declarations import TOPICS
from web.access import Action, Right, allowed, get_person, get_visible_years, note
from web.instance import get_instance, get_log_connection, get_now, open_log_transaction
from web.pages.frame import make_frame

pages = Blueprint("declarations", __name__)


@pages.get("/<center:center>/declarations/")
@allowed(Right.LOG)
def listed(center: str) -> str:
    """Every topic. Whoever has some years is not told the names in the data, which are of every year."""
    states = [(TOPICS[one.topic], one) for one in read_declarations(get_log_connection(), center)]
    return render_template(
        "imports/declarations.html",
        frame=make_frame(center),
        states=states,
        may_see_names=get_visible_years(center) is None,
        unnamed=UNNAMED,
        cannot_be_said=CANNOT_BE_SAID,
    )


@pages.post("/<center:center>/declarations/")
@allowed(Right.LOG)
def say(center: str) -> Response:
    """Says one thing of one name, or of the centre."""
    typed = {name: request.form.get(name, "").strip() for name in ("known_as", "first_day", "basis")}
    topic, answer = request.form.get("topic", ""), request.form.get("holds", "")
    values = {"topic": TITLES.get(topic, ""), "holds": ANSWERS.get(answer, ""), **typed}
    by = get_person().signature
    try:
        with open_log_transaction() as connection:
            enter_form(
                connection, get_instance().home, center, DECLARATION, values, by=by, now=get_now(),
                vault=get_instance().vault,
            )  # fmt: skip
            note(connection, Action.LOGGED, f"{center}：统计设定 {typed['known_as'] or TITLES[topic]}")
        words = TOPICS[topic]
        flash(f"已保存：{typed['known_as'] or '本中心'}{words.yes if answer == 'yes' else words.no}。")
    except EntryProblem as problem:
        flash(str(problem))
    return redirect(url_for("declarations.listed", center=center))
