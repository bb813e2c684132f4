"""The door of machines: a token in the header, for its centre and its scopes; a cookie opens nothing here."""

from typing import Any

from flask import Response, g, jsonify, request

from web.access import api_tokens
from web.access.api_tokens import USED_EVERY, ApiToken, Scope
from web.access.limits import count_failed_token
from web.access.sessions import digest
from web.access.trail import Action, record
from web.instance import get_log_connection, get_now, open_log_transaction

LONGEST_PATH = 300  # characters of an address that go into the trail
_SCHEME = "bearer"  # in small letters or not
_NO_TOKEN = "没有有效的接口令牌：请在 Authorization 头写 Bearer 加本中心的令牌。"


def get_request_token() -> ApiToken:
    """The token of this request. Only for views that ask for one."""
    found = g.machine
    assert isinstance(found, ApiToken)
    return found


def note_machine(
    connection: Any, action: Action, about: str, *, result: str = "done", details: dict[str, Any]
) -> None:
    """Adds a row to the audit trail, in the caller's transaction, about what this request's token did."""
    record(
        connection, action, login=None, address=request.remote_addr or "", now=get_now(), about=about,
        result=result, details=details | {"token": get_request_token().name},
    )  # fmt: skip


def admit_machine(center: str, scope: Scope) -> Response | None:
    """Answers 401 unless the request carries a token that holds for the centre, and 403 unless it has the
    scope; either is audited, and too many from one address are answered 429."""
    found = _find_token(center)
    if found is None:
        return _refuse(401, _NO_TOKEN, "令牌不对")
    if ended := found.describe_end(get_now()):
        return _refuse(401, f"这个接口令牌{ended}：请向安全管理员换一个新的。", ended, found)
    if scope.value not in found.scopes:
        return _refuse(
            403,
            f"这个接口令牌没有“{scope.label}”（{scope.value}）的权限：请向安全管理员另签一个。",
            f"没有 {scope.value}",
            found,
        )
    note_use(found)
    g.machine = found
    return None


def _find_token(center: str) -> ApiToken | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != _SCHEME:
        return None
    return api_tokens.find(get_log_connection(), center, digest(token.strip()))


def _refuse(code: int, sentence: str, reason: str, token: ApiToken | None = None) -> Response:
    count_failed_token()
    with open_log_transaction() as connection:
        record(
            connection, Action.TOKEN_REFUSED, login=None, address=request.remote_addr or "", now=get_now(),
            about=request.path[:LONGEST_PATH].replace("\0", "\ufffd"), result="refused",
            details={"reason": reason} | ({"token": token.name} if token else {}),
        )  # fmt: skip
    answer = jsonify(error=sentence)
    answer.status_code = code
    if code == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def note_use(token: ApiToken) -> None:
    now = get_now()
    if token.used_at is None or now - token.used_at >= USED_EVERY:
        with open_log_transaction() as connection:
            api_tokens.note_use(connection, token, now)
