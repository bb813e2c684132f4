"""Tokens of machines that deliver by themselves: of one centre, kept as a hash, revocable."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from flask import Response, g, jsonify, request
from psycopg.rows import class_row

from web.access.sessions import digest
from web.instance import get_log_connection

SCHEME = "Bearer "
PREFIX = "hotline_"  # so that a token that leaked can be searched for


@dataclass(frozen=True)
class ApiToken:
    """A token as it is kept."""

    center_id: str
    token: str  # SHA-256
    name: str
    issued_by: str
    issued_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


def issue(connection: psycopg.Connection[Any], center: str, name: str, *, by: str, now: datetime) -> str:
    """A new token, which is told once and then known by its hash alone."""
    token = PREFIX + secrets.token_urlsafe(32)
    connection.execute(
        "INSERT INTO api_tokens (center_id, token, name, issued_by, issued_at) VALUES (%s, %s, %s, %s, %s)",
        (center, digest(token), name, by, now),
    )
    return token


def revoke(connection: psycopg.Connection[Any], center: str, token: str, *, now: datetime) -> ApiToken | None:
    """Ends a token, named by its hash; None where it is not there or was revoked before."""
    with connection.cursor(row_factory=class_row(ApiToken)) as cursor:
        return cursor.execute(
            "UPDATE api_tokens SET revoked_at = %s WHERE center_id = %s AND token = %s"
            " AND revoked_at IS NULL RETURNING *",
            (now, center, token),
        ).fetchone()


def list_tokens(connection: psycopg.Connection[Any]) -> list[ApiToken]:
    """All tokens, those that hold first."""
    with connection.cursor(row_factory=class_row(ApiToken)) as cursor:
        return cursor.execute(
            "SELECT * FROM api_tokens ORDER BY revoked_at IS NOT NULL, center_id, issued_at DESC"
        ).fetchall()


def note_use(connection: psycopg.Connection[Any], token: ApiToken, now: datetime) -> None:
    connection.execute(
        "UPDATE api_tokens SET used_at = %s WHERE center_id = %s AND token = %s",
        (now, token.center_id, token.token),
    )


def get_request_token() -> ApiToken:
    """The token of this request. Only for views that ask for one."""
    found = g.machine
    assert isinstance(found, ApiToken)
    return found


def refuse_strangers(center: str) -> Response | None:
    """Answers 401 unless the request carries a token that holds for the centre."""
    written = request.headers.get("Authorization", "")
    found = (
        _find(get_log_connection(), center, written.removeprefix(SCHEME))
        if written.startswith(SCHEME)
        else None
    )
    if found is None:
        answer = jsonify(error="没有有效的接口令牌：请在 Authorization 头写 Bearer 加本中心的令牌。")
        answer.status_code = 401
        answer.headers["WWW-Authenticate"] = "Bearer"
        return answer
    g.machine = found
    return None


def _find(connection: psycopg.Connection[Any], center: str, token: str) -> ApiToken | None:
    with connection.cursor(row_factory=class_row(ApiToken)) as cursor:
        return cursor.execute(
            "SELECT * FROM api_tokens WHERE center_id = %s AND token = %s AND revoked_at IS NULL",
            (center, digest(token)),
        ).fetchone()
