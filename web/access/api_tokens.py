"""Tokens of machines: of one centre, for what their scopes say, until a day; kept as a hash, revocable."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg.rows import class_row

from tracker.database import execute
from web.access.sessions import digest
from web.access.tables import api_tokens

WALL_ALONE = "大屏令牌留在大屏的浏览器里，请单独签发，不与其他权限合用。"
PREFIX = "hotline_"  # so that a token that leaked can be searched for
LIFETIMES = (30, 90, 180, 365)  # days
OVERLAP = timedelta(days=7)  # that a token goes on after a new one was issued in its place
USED_EVERY = timedelta(minutes=1)  # how exactly its last use is noted


class Scope(StrEnum):
    """What a token lets a machine do; the value is stored and sent, `label` is shown."""

    EVENTS = "events:write"
    FILES = "files:write"
    FIGURES = "figures:read"
    ROWS = "rows:read"
    WALL = "wall:read"  # opens a page, and no address of the interface

    @property
    def label(self) -> str:
        return _TITLES[self]


_TITLES = {
    Scope.EVENTS: "推送事件",
    Scope.FILES: "报送文件",
    Scope.FIGURES: "读取指标、口径、报送情况和评分",
    Scope.ROWS: "读取指标明细",
    Scope.WALL: "大屏展示（只读）",
}


@dataclass(frozen=True)
class ApiToken:
    """A token as it is kept."""

    center_id: str
    token: str  # SHA-256
    name: str
    issued_by: str
    issued_at: datetime
    scopes: list[str]
    expires_at: datetime
    replaced_at: datetime | None
    used_at: datetime | None
    revoked_at: datetime | None

    @property
    def scope_titles(self) -> str:
        """What it may do, in words."""
        return "、".join(Scope(scope).label for scope in self.scopes)

    def describe_end(self, now: datetime) -> str | None:
        """Why it holds no more: revoked or expired, in words; None while it holds."""
        if self.revoked_at is not None:
            return "已吊销"
        return None if now < self.expires_at else "已过期"


def issue(
    connection: psycopg.Connection[Any],
    center: str,
    name: str,
    *,
    scopes: frozenset[Scope] = frozenset({Scope.FILES}),
    days: int = LIFETIMES[-2],
    by: str,
    now: datetime,
) -> str:
    """A new token, which is told once and then known by its hash alone."""
    token = PREFIX + secrets.token_urlsafe(32)
    row = {
        "center_id": center,
        "token": digest(token),
        "name": name,
        "issued_by": by,
        "issued_at": now,
        "scopes": [scope.value for scope in Scope if scope in scopes],
        "expires_at": now + timedelta(days=days),
    }
    execute(connection, sa.insert(api_tokens).values(**row))
    return token


def rotate(
    connection: psycopg.Connection[Any], center: str, token: str, *, by: str, now: datetime
) -> tuple[ApiToken, str] | None:
    """The old token and a new one of the same name, scopes and lifetime; the old one goes on for OVERLAP.

    `token` is the old one's hash. None where it does not hold, or was replaced before."""
    old = find(connection, center, token)
    if old is None or old.replaced_at is not None or old.describe_end(now):
        return None
    ends = min(old.expires_at, now + OVERLAP)
    still = sa.and_(api_tokens.c.replaced_at.is_(None), api_tokens.c.revoked_at.is_(None))
    changed = sa.update(api_tokens).where(_is_one(center, token), still)
    if execute(connection, changed.values(expires_at=ends, replaced_at=now)).rowcount == 0:
        return None  # somebody else was quicker
    days = (old.expires_at - old.issued_at).days
    scopes = frozenset(map(Scope, old.scopes))
    return old, issue(connection, center, old.name, scopes=scopes, days=days, by=by, now=now)


def revoke(connection: psycopg.Connection[Any], center: str, token: str, *, now: datetime) -> ApiToken | None:
    """Ends a token, named by its hash; None where it is not there or was revoked before."""
    open_ = sa.and_(_is_one(center, token), api_tokens.c.revoked_at.is_(None))
    ended = sa.update(api_tokens).values(revoked_at=now).where(open_).returning(api_tokens)
    found: ApiToken | None = execute(connection, ended, class_row(ApiToken)).fetchone()
    return found


def list_tokens(connection: psycopg.Connection[Any]) -> list[ApiToken]:
    """All tokens, those that were not revoked first."""
    table = api_tokens.c
    order = table.revoked_at.is_not(None), table.center_id, table.issued_at.desc()
    return execute(connection, sa.select(api_tokens).order_by(*order), class_row(ApiToken)).fetchall()


def find(connection: psycopg.Connection[Any], center: str, token: str) -> ApiToken | None:
    """The centre's token of a hash, whether it holds or not."""
    wanted = sa.select(api_tokens).where(_is_one(center, token))
    found: ApiToken | None = execute(connection, wanted, class_row(ApiToken)).fetchone()
    return found


def note_use(connection: psycopg.Connection[Any], token: ApiToken, now: datetime) -> None:
    execute(
        connection, sa.update(api_tokens).values(used_at=now).where(_is_one(token.center_id, token.token))
    )


def _is_one(center: str, token: str) -> sa.ColumnElement[bool]:
    return sa.and_(api_tokens.c.center_id == center, api_tokens.c.token == token)
