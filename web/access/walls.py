"""The door of wall screens: a token for this one page of one centre, given in once and kept in a cookie.

The token never stands in an address, so that no log of addresses and no Referer has it; the cookie is sent to
the page alone, and no script reads it. It opens nothing else, and ends when the token ends or is revoked.
"""

from flask import Response, current_app, make_response, render_template, request, url_for

from web.access import api_tokens
from web.access.api_tokens import ApiToken, Scope
from web.access.limits import count_failed_token
from web.access.machines import LONGEST_PATH, note_use
from web.access.sessions import digest
from web.access.trail import Action, record
from web.instance import get_log_connection, get_now, open_log_transaction

_NOT_VALID = "令牌不正确，或不是本中心的大屏令牌。请核对；遗失的，请安全管理员重新签发。"


def admit_wall(center: str) -> Response | None:
    """Answers with the page that asks for a token, unless the request's cookie has one that holds."""
    given = request.cookies.get(_name_cookie())
    found = _find(center, given) if given else None
    ended = found.describe_end(get_now()) if found else None
    if found is None or ended:
        return ask_for_token(center, f"大屏令牌{ended}，请安全管理员重新签发。" if ended else "", 401)
    note_use(found)
    return None


def open_wall(center: str, given: str) -> Response:
    """Takes a token in: to the page, with its cookie; or asks again, and what was wrong is written down."""
    found = _find(center, given)
    ended = found.describe_end(get_now()) if found else "令牌不对"
    with open_log_transaction() as connection:
        record(
            connection, Action.TOKEN_REFUSED if ended else Action.WALL_OPENED, login=None,
            address=request.remote_addr or "", now=get_now(), about=request.path[:LONGEST_PATH],
            result="refused" if ended else "done",
            details=({"reason": ended} if ended else {}) | ({"token": found.name} if found else {}),
        )  # fmt: skip
    if found is None or ended:
        count_failed_token()
        return ask_for_token(center, f"大屏令牌{ended}，请安全管理员重新签发。" if found else _NOT_VALID, 422)
    answer = make_response("", 303)
    answer.headers["Location"] = address = url_for("wall.show", center=center)
    answer.set_cookie(
        _name_cookie(), given, path=address, max_age=found.expires_at - get_now(), httponly=True,
        samesite="Strict", secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
    )  # fmt: skip
    return answer


def ask_for_token(center: str, told: str, code: int) -> Response:
    """The page that takes a token; it reads the same for centres that are not there."""
    return make_response(render_template("wall/enter.html", center=center, told=told), code)


def _find(center: str, given: str) -> ApiToken | None:
    """The centre's token, if it is one for wall screens and for nothing else."""
    found = api_tokens.find(get_log_connection(), center, digest(given))
    return found if found and found.scopes == [Scope.WALL.value] else None


def _name_cookie() -> str:
    """Browsers take a cookie of the first name over TLS alone."""
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    return "__Secure-hotline-wall" if secure else "hotline-wall"
