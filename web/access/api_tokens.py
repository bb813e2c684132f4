"""Tokens of machines that deliver by themselves: of one centre, kept as a hash, revocable."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
import sqlalchemy as sa
from flask import Response, g, jsonify, request
from psycopg.rows import class_row

from tracker.database import execute
from web.access.sessions import digest
from web.access.tables import api_tokens
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
    kept = {"center_id": center, "token": digest(token), "name": name, "issued_by": by, "issued_at": now}
    execute(connection, sa.insert(api_tokens).values(**kept))
    return token


def revoke(connection: psycopg.Connection[Any], center: str, token: str, *, now: datetime) -> ApiToken | None:
    """Ends a token, named by its hash; None where it is not there or was revoked before."""
    ended = sa.update(api_tokens).values(revoked_at=now).where(_holds(center, token)).returning(api_tokens)
    found: ApiToken | None = execute(connection, ended, class_row(ApiToken)).fetchone()
    return found


def list_tokens(connection: psycopg.Connection[Any]) -> list[ApiToken]:
    """All tokens, those that hold first."""
    table = api_tokens.c
    order = table.revoked_at.is_not(None), table.center_id, table.issued_at.desc()
    return execute(connection, sa.select(api_tokens).order_by(*order), class_row(ApiToken)).fetchall()


def note_use(connection: psycopg.Connection[Any], token: ApiToken, now: datetime) -> None:
    one = sa.and_(api_tokens.c.center_id == token.center_id, api_tokens.c.token == token.token)
    execute(connection, sa.update(api_tokens).values(used_at=now).where(one))


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
    holding = sa.select(api_tokens).where(_holds(center, digest(token)))
    found: ApiToken | None = execute(connection, holding, class_row(ApiToken)).fetchone()
    return found


def _holds(center: str, token: str) -> sa.ColumnElement[bool]:
    """Whether a row is of this token, named by its hash, and was not revoked."""
    table = api_tokens.c
    return sa.and_(table.center_id == center, table.token == token, table.revoked_at.is_(None))
