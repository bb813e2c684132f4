"""Sessions, kept on the server: the cookie holds a random token, the database its hash and its last use."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import psycopg

from tracker.centers import Center, build_center
from web.access.people import Grant, Person
from web.access.policy import Policy, parse_policy
from web.access.rights import Role

SEEN_EVERY = timedelta(seconds=20)  # a session in use is written down as often; its end errs by as much

END_REASONS = {
    "signed_out": "退出",
    "idle": "闲置超时",
    "too_long": "超过最长时间",
    "password": "口令变更",
    "closed": "被结束",
}

_LOAD = """
SELECT s.created_at, s.seen_at, s.verified_at, a.login, a.name, a.password_changed_at, a.must_change,
       a.totp IS NOT NULL,
       (SELECT coalesce(json_agg(json_build_array(
            g.role, g.center, g.years, g.first_day, g.end_day, g.grant_id) ORDER BY g.grant_id), '[]')
        FROM grants g WHERE g.login = a.login AND g.ended_at IS NULL),
       (SELECT coalesce(json_object_agg(name, value), '{}') FROM security_settings),
       (SELECT coalesce(json_agg(json_build_array(center_id, name, digest) ORDER BY center_id), '[]')
        FROM centers)
FROM sessions s JOIN accounts a USING (login)
WHERE s.session = %s AND s.ended_at IS NULL AND a.active
"""


@dataclass(frozen=True)
class Session:
    """A session that holds, whose it is, under which settings; read at once, because every page needs it."""

    session: str  # SHA-256 of the token
    person: Person
    policy: Policy
    created_at: datetime
    seen_at: datetime
    verified_at: datetime | None  # when the second factor was given
    password_changed_at: datetime
    must_change: bool
    has_totp: bool
    centers: tuple[Center, ...]  # those that the person sees

    def over(self, now: datetime) -> str | None:
        """Why it has ended by now; None: it goes on."""
        if now - self.created_at >= self.policy.longest:
            return "too_long"
        return "idle" if now - self.seen_at >= self.policy.idle else None

    def left(self, now: datetime, used_at: datetime | None = None) -> timedelta:
        """How long it goes on from now if nothing more is done; `used_at`: it is in use at that moment."""
        idle_at = (used_at or self.seen_at) + self.policy.idle
        return min(idle_at, self.created_at + self.policy.longest) - now

    def step(self, now: datetime) -> str | None:
        """What must be done before anything else: code | password | enrol; None: nothing."""
        if self.has_totp and self.verified_at is None:
            return "code"
        if self.must_change or self.policy.is_expired(self.password_changed_at, now):
            return "password"
        if not self.has_totp and self.policy.totp_roles & set(self.person.roles):
            return "enrol"
        return None


def begin(connection: psycopg.Connection[Any], login: str, *, now: datetime, address: str, agent: str) -> str:
    """A new session; gives the token for the cookie. Those that ended long ago are forgotten."""
    token = secrets.token_urlsafe(32)
    policy = parse_policy(dict(connection.execute("SELECT name, value FROM security_settings").fetchall()))
    connection.execute(
        "DELETE FROM sessions WHERE greatest(ended_at, seen_at) < %s",
        (now - timedelta(days=policy.log_days),),
    )
    connection.execute(
        "INSERT INTO sessions (session, login, created_at, seen_at, address, agent)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        (digest(token), login, now, now, address, agent[:200]),
    )
    return token


def load(connection: psycopg.Connection[Any], token: str, today: date) -> Session | None:
    """The session of a token, unless it was ended or its account is closed."""
    row = connection.execute(_LOAD, (digest(token),)).fetchone()
    if row is None:
        return None
    created_at, seen_at, verified_at, login, name, changed_at, must_change, has_totp, *more = row
    grants, settings, centers = more
    valid = tuple(grant for grant in map(_read_grant, grants) if grant.holds(today))
    person = Person(login, name, valid)
    return Session(
        session=digest(token),
        person=person,
        policy=parse_policy(settings),
        created_at=created_at,
        seen_at=seen_at,
        verified_at=verified_at,
        password_changed_at=changed_at,
        must_change=must_change,
        has_totp=has_totp,
        centers=tuple(build_center(*one) for one in centers if person.sees_center(one[0])),
    )


def touch(connection: psycopg.Connection[Any], session: str, now: datetime) -> None:
    """Notes that a session is in use."""
    connection.execute("UPDATE sessions SET seen_at = %s WHERE session = %s", (now, session))


def verify(connection: psycopg.Connection[Any], session: str, now: datetime) -> None:
    """Notes that the second factor was given."""
    connection.execute("UPDATE sessions SET verified_at = %s WHERE session = %s", (now, session))


def end(connection: psycopg.Connection[Any], session: str, *, now: datetime, reason: str) -> None:
    connection.execute(
        "UPDATE sessions SET ended_at = %s, end_reason = %s WHERE session = %s AND ended_at IS NULL",
        (now, reason, session),
    )


def end_all(
    connection: psycopg.Connection[Any], login: str, *, now: datetime, reason: str, but: str = ""
) -> None:
    """Ends the sessions of a person, except one."""
    connection.execute(
        "UPDATE sessions SET ended_at = %s, end_reason = %s"
        " WHERE login = %s AND ended_at IS NULL AND session <> %s",
        (now, reason, login, but),
    )


def digest(token: str) -> str:
    """What is stored of a token, so that nobody who reads the table can use it."""
    return hashlib.sha256(token.encode()).hexdigest()


def _read_grant(written: list[Any]) -> Grant:
    role, center, years, first_day, end_day, grant_id = written
    return Grant(
        Role(role),
        center,
        None if years is None else frozenset(years),
        date.fromisoformat(first_day),
        None if end_day is None else date.fromisoformat(end_day),
        grant_id,
    )
