"""The door of every route: whoever has not been let in by name, right, centre and year is turned away here.

A route without a declared right is refused for everybody.
"""

from collections.abc import Callable
from datetime import date
from enum import Enum
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from flask import Flask, Response, abort, current_app, g, make_response, redirect, request, url_for
from flask_login import LoginManager, UserMixin, current_user  # type: ignore[import-untyped]

from tracker.database import get_driver
from tracker.events.times import get_day
from tracker.periods import Period
from web.access import sessions
from web.access.api_tokens import Scope
from web.access.locks import RequestOrigin
from web.access.machines import LONGEST_PATH, admit_machine
from web.access.people import Person, format_grant, get_year
from web.access.rights import RIGHTS, Right, Role
from web.access.sessions import SEEN_EVERY, Session
from web.access.trail import Action, record
from web.access.walls import admit_wall
from web.access.written_years import (
    explain_years_beyond,
    find_years_beyond,
    format_years,
    read_last,
)
from web.instance import BEFORE_COMMIT, get_log_connection, get_now, open_log_transaction
from web.uploads import FORM_BYTES, MOST_BYTES, STRANGERS_BYTES

View = TypeVar("View", bound=Callable[..., Any])

STATIC = ("static", "bootstrap.static")
STEPS = {  # what must be done first, and where
    "code": "sign_in.code",
    "password": "own_account.password",
    "enrol": "own_account.second_factor_page",
}
_ALWAYS = ("sign_in.sign_out",)
BEFORE_BODY = "hotline.before_body"
"""Key of a WSGI environment whose headers are read and whose body is not: whom the door lets in is answered
`LET_IN` and goes no further; the request comes again, with its body."""
LET_IN = 100


class Door(Enum):
    """Ways in that ask for no person."""

    OPEN = "open"  # the page of signing in, the description of the interface
    MACHINE = "machine"  # a token of the centre in the address
    WALL = "wall"  # such a token for its wall screen alone, kept in a cookie of that page


def allowed(right: Right) -> Callable[[View], View]:
    """Declares the right that a view asks for, at the centre and in the year of its address."""
    return lambda view: _declare(view, right)


def open_to_all(view: View) -> View:
    """Declares that a view asks for nobody."""
    return _declare(view, Door.OPEN)


def for_machines(scope: Scope) -> Callable[[View], View]:
    """Declares that a view asks for a machine's token of its centre with a scope, and heeds no cookie."""

    def declare(view: View) -> View:
        view.scope = scope  # type: ignore[attr-defined]
        return _declare(view, Door.MACHINE)

    return declare


def for_walls(view: View) -> View:
    """Declares that a view asks for a token of its centre's wall screen, and heeds no other cookie."""
    return _declare(view, Door.WALL)


def takes_files(view: View) -> View:
    """Declares that a view takes files, of any size up to the limit; other requests are small."""
    view.most_bytes = MOST_BYTES  # type: ignore[attr-defined]
    return view


def unnoticed(view: View) -> View:
    """Declares that asking for a view is no use of the session: it ends as if nobody had asked."""
    view.unnoticed = True  # type: ignore[attr-defined]
    return view


def get_declared_access(app: Flask, endpoint: str) -> Right | Door | None:
    """What a route asks for; None where nobody has said so."""
    if endpoint in STATIC:
        return Door.OPEN
    return cast("Right | Door | None", getattr(app.view_functions[endpoint], "asks_for", None))


def get_person() -> Person:
    """The person of this request. Only for views that ask for a right."""
    return get_session().person


def get_session() -> Session:
    """The session of this request."""
    found = find_session()
    assert found is not None, "the view asks for nobody"
    return found


def find_session() -> Session | None:
    """The session of this request; None where nobody is signed in."""
    return cast("Session | None", g.get("session"))


def may(right: Right, center: str | None = None, year: int | None = None) -> bool:
    """Whether whoever is signed in has a right; for what a page shows beyond what its route asks for."""
    found = find_session()
    return found is not None and found.person.may(right, center, year)


def get_visible_years(center: str) -> frozenset[int] | None:
    """The years of a centre that the route's right reaches; None: all. For addresses without a year."""
    right = get_declared_access(current_app, str(request.endpoint))
    assert isinstance(right, Right)
    return get_person().years(right, center)


def get_request_origin() -> RequestOrigin:
    """When and where from the request comes."""
    agent = request.user_agent.string
    return RequestOrigin(get_now(), request.remote_addr or "", agent)


def audit(
    action: Action, about: str = "", *, result: str = "done", details: dict[str, Any] | None = None
) -> None:
    """Writes down what the person of this request does, in a transaction of its own."""
    with open_log_transaction() as connection:
        note(connection, action, about, result=result, details=details)


def note(
    connection: Any, action: Action, about: str = "", *, result: str = "done",
    details: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """Writes down what the person of this request does, in the caller's transaction."""
    found, there = find_session(), get_request_origin()
    login = found.person.login if found else None
    record(
        connection, action, login=login, address=there.address, now=there.now, about=about, result=result,
        details=details,
    )  # fmt: skip


def install(app: Flask) -> None:
    """Puts the door in front of every route."""
    manager = LoginManager(app, add_context_processor=False)
    manager.session_protection = "strong"
    manager.user_loader(_load)
    app.before_request(_admit)
    app.after_request(_note_years_refused)
    app.extensions[BEFORE_COMMIT] = _check_years_written
    app.context_processor(_list_template_names)
    app.add_template_filter(format_grant, "grant")


class Visitor(UserMixin):  # type: ignore[misc]
    """A session as Flask-Login takes it; its id is the token in the cookie."""

    def __init__(self, token: str, session: Session | None = None):
        self.token, self.session = token, session

    def get_id(self) -> str:
        return self.token


def _load(token: str) -> Visitor | None:
    """The visitor of a cookie; one that was idle or here for too long is shown out."""
    there = get_now()
    found = sessions.load(get_log_connection(), token, get_day(there))
    if found is None:
        return None
    over = found.over(there)
    if over:
        with open_log_transaction() as connection:
            sessions.end(connection, found.session, now=there, reason=over)
        g.session_over = over
        return None
    if there - found.seen_at >= SEEN_EVERY and not _is_unnoticed():
        with open_log_transaction() as connection:
            sessions.touch(connection, found.session, there)
    return Visitor(token, found)


def _is_unnoticed() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "unnoticed", False)


def _admit() -> Response | None:
    """Runs before every view."""
    refusal = _find_refusal()
    if refusal is not None or BEFORE_BODY not in request.environ:
        return refusal
    if request.content_length is None and request.max_content_length != MOST_BYTES:
        abort(411, "请求未写明长度（Content-Length）；请写明后重新发送。")
    if (request.content_length or 0) > (request.max_content_length or 0):
        abort(413)
    return Response(status=LET_IN)


def _find_refusal() -> Response | None:
    endpoint = request.endpoint
    if endpoint in STATIC:
        return None
    view = current_app.view_functions.get(endpoint or "")
    asks = get_declared_access(current_app, endpoint) if endpoint else Door.OPEN
    usual = STRANGERS_BYTES if asks is Door.OPEN else FORM_BYTES
    request.max_content_length = getattr(view, "most_bytes", usual)
    if asks is Door.MACHINE:
        return admit_machine(str((request.view_args or {}).get("center")), cast(Any, view).scope)
    if asks is Door.WALL:
        return admit_wall(str((request.view_args or {}).get("center")))
    g.session = current_user.session if current_user.is_authenticated else None
    if asks is Door.OPEN:
        return None
    if asks is None:
        abort(403, "该页面未配置访问权限，暂不可用。请联系系统管理员。")
    if g.session is None:
        return _redirect_to_sign_in()
    elsewhere = _redirect_to_first_step()
    if elsewhere is None:
        _check_right(asks)
    return elsewhere


def _redirect_to_sign_in() -> Response:
    """To signing in; a form that was sent is gone, and the page says so and leads back to where it was."""
    over, sent = g.get("session_over"), request.method != "GET" and request.endpoint not in _ALWAYS
    following = request.full_path.rstrip("?") if request.method == "GET" else None
    if sent and (request.referrer or "").startswith(request.host_url):
        following = "/" + str(request.referrer).removeprefix(request.host_url)
    return make_response(redirect(url_for("sign_in.form", next=following, over=over, lost=sent or None)))


def _redirect_to_first_step() -> Response | None:
    """To what must be done before anything else: the code, a new password, a second factor."""
    step = get_session().step(get_now())
    if step is None or request.endpoint in (STEPS[step], *_ALWAYS):
        return None
    return make_response(redirect(url_for(STEPS[step])))


def _check_right(right: Right) -> None:
    """Answers 404 for a centre that the person does not see, 403 for what she may not do there."""
    person, parts = get_person(), request.view_args or {}
    center = parts.get("center")
    if center is not None and not person.sees_center(center):
        if any(role.administers for role in person.roles):
            _refuse("系统管理类账号不能查看业务数据。")
        abort(404, describe_missing_center(center))
    if not person.may(right, center):
        _refuse(f"您没有“{right.value}”权限（限{_describe_holders(right)}）。如需办理，请联系安全管理员。")
    years = {get_year(part) for part in parts.values() if isinstance(part, Period)}
    years |= {part.year for part in parts.values() if isinstance(part, date)}
    for year in sorted(years):
        if not person.may(right, center, year):
            held = format_years(person.years(right, str(center)) or ())
            _refuse(f"您的授权只到{held}，不含{year}年。")


def _check_years_written(connection: sa.Connection) -> None:
    """Runs at the end of every transaction of a request: takes back what lies beyond the person's years.

    Raises: 403, with the years that are missing."""
    found, center = find_session(), (request.view_args or {}).get("center")
    right = get_declared_access(current_app, request.endpoint or "") if found and center else None
    years = found.person.years(right, str(center)) if found and isinstance(right, Right) else None
    if years is None:
        return
    driver, code = get_driver(connection), str(center)
    last, before = read_last(driver, code), read_last(get_log_connection(), code)
    beyond = find_years_beyond(driver, code, before, years) if last > before else []
    if beyond:
        g.years_refused = True
        abort(403, explain_years_beyond(beyond, years))


def _note_years_refused(answer: Response) -> Response:
    """Writes down what was taken back, once its transaction is over."""
    if g.pop("years_refused", False):
        audit(Action.REFUSED, _shorten_path(), result="refused")
    return answer


def _shorten_path() -> str:
    return request.path[:LONGEST_PATH].replace("\0", "\ufffd")


def describe_missing_center(center: str) -> str:
    """The sentence for a centre that is not there, or not for this person: both read the same."""
    return f"没有编号为“{center}”的中心，或您没有查看它的授权。请从首页重新进入。"


def _refuse(sentence: str) -> None:
    audit(Action.REFUSED, _shorten_path(), result="refused")
    abort(403, sentence)


def _describe_holders(right: Right) -> str:
    return "、".join(role.label for role in Role if right in RIGHTS[role])


def _declare(view: View, what: Right | Door) -> View:
    view.asks_for = what  # type: ignore[attr-defined]
    return view


def _list_template_names() -> dict[str, Any]:
    found = find_session()
    me = found.person if found else None
    return {
        "me": me,
        "may": may,
        "Right": Right,
        "session_left": _count_seconds_left(found) if found else None,
    }


def _count_seconds_left(found: Session) -> int | None:
    """Seconds that the session goes on after this page; None while something must be done first."""
    there = get_now()
    if found.step(there) is not None:
        return None
    return int(found.left(there, used_at=there).total_seconds())
