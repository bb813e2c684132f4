"""Whether a session still lives: what the script of every page asks before it sends a form."""

from flask import Blueprint, jsonify, render_template
from flask_wtf.csrf import generate_csrf  # type: ignore[import-untyped]
from werkzeug.wrappers import Response

from web.access import Right, allowed, open_to_all
from web.access.guard import find_session, unnoticed
from web.instance import get_now

pages = Blueprint("presence", __name__, url_prefix="/-/session")


@pages.get("/state.json")
@open_to_all
@unnoticed
def state() -> Response:
    """Who is signed in, for how many more seconds, and the token that a form sent now must carry."""
    return _describe_state()


@pages.get("/stay.json")
@open_to_all
def stay() -> Response:
    """Keeps the session alive, as opening a page would, and says who is signed in and for how long."""
    return _describe_state(used=True)


@pages.get("/back")
@allowed(Right.OWN_ACCOUNT)
def back() -> str:
    """Where signing in anew leads when the page that is being filled in waits in another tab."""
    return render_template("access/back.html")


def _describe_state(*, used: bool = False) -> Response:
    """Whoever must first give a code or a new password is not in yet: a form of hers would be turned away."""
    there, found = get_now(), find_session()
    if found is None or found.step(there) is not None:
        return jsonify(login=None)
    left = found.left(there, used_at=there if used else None)
    return jsonify(
        login=found.person.login,
        name=found.person.signature,
        left_s=int(left.total_seconds()),
        token=generate_csrf(),
    )
