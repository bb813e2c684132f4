"""Sessions, kept on the server: the cookie holds a random token, the database its hash and its last use."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg.rows import dict_row
from sqlalchemy.dialects.postgresql import aggregate_order_by

from tracker.centers import Center, build_center, centers
from tracker.database import compiled, execute
from web.access.people import Grant, Person
from web.access.policy import Policy, parse_policy, read_policy
from web.access.rights import Role
from web.access.tables import accounts, grants, security_settings, sessions

SEEN_EVERY = timedelta(seconds=20)  # a session in use is written down as often; its end errs by as much

END_REASONS = {
    "signed_out": "退出",
    "idle": "闲置超时",
    "too_long": "超过最长时间",
    "password": "口令变更",
    "second_factor": "动态口令变更",
    "closed": "被结束",
}


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
    account_since: datetime
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
        if not self.has_totp and self.policy.must_enrol(self.person.roles, self.account_since, now):
            return "enrol"
        return None

    @property
    def enrol_by(self) -> datetime | None:
        """Until when the second factor must be set up; None: it is, or nobody asks for it."""
        asked = not self.has_totp and not self.policy.totp_roles.isdisjoint(self.person.roles)
        return self.account_since + timedelta(days=self.policy.totp_grace_days) if asked else None


def begin(connection: psycopg.Connection[Any], login: str, *, now: datetime, address: str, agent: str) -> str:
    """A new session; gives the token for the cookie. Those that ended long ago are forgotten."""
    token = secrets.token_urlsafe(32)
    long_ago = now - timedelta(days=read_policy(connection).log_days)
    last = sa.func.greatest(sessions.c.ended_at, sessions.c.seen_at)
    execute(connection, sa.delete(sessions).where(last < long_ago))
    begun = {"session": digest(token), "login": login, "created_at": now, "seen_at": now}
    execute(connection, sa.insert(sessions).values(**begun, address=address, agent=agent[:200]))
    return token


def load(connection: psycopg.Connection[Any], token: str, today: date) -> Session | None:
    """The session of a token, unless it was ended or its account is closed."""
    row = connection.execute(_LOAD, {"session": digest(token)}).fetchone()
    if row is None:
        return None
    created_at, seen_at, verified_at, login, name, changed_at, must_change, has_totp, *more = row
    account_since, own, settings, centers = more
    valid = tuple(grant for grant in map(_read_grant, own or ()) if grant.holds(today))
    person = Person(login, name, valid)
    return Session(
        session=digest(token),
        person=person,
        policy=parse_policy(settings or {}),
        created_at=created_at,
        seen_at=seen_at,
        verified_at=verified_at,
        password_changed_at=changed_at,
        must_change=must_change,
        has_totp=has_totp,
        account_since=account_since,
        centers=tuple(build_center(*one) for one in centers or () if person.sees_center(one[0])),
    )


def touch(connection: psycopg.Connection[Any], session: str, now: datetime) -> None:
    """Notes that a session is in use."""
    execute(connection, sa.update(sessions).values(seen_at=now).where(sessions.c.session == session))


def verify(connection: psycopg.Connection[Any], session: str, now: datetime) -> None:
    """Notes that the second factor was given."""
    execute(connection, sa.update(sessions).values(verified_at=now).where(sessions.c.session == session))


def end(connection: psycopg.Connection[Any], session: str, *, now: datetime, reason: str) -> None:
    execute(connection, _end(now, reason).where(sessions.c.session == session))


def end_one(
    connection: psycopg.Connection[Any], login: str, session: str, *, now: datetime, reason: str
) -> bool:
    """Ends one session of a person; whether there was such a one that went on."""
    of_person = sa.and_(sessions.c.login == login, sessions.c.session == session)
    return execute(connection, _end(now, reason).where(of_person)).rowcount > 0


def list_sessions(connection: psycopg.Connection[Any], login: str, *, most: int = 10) -> list[dict[str, Any]]:
    """The sessions of a person of late, those that go on first."""
    latest = sa.select(sessions).where(sessions.c.login == login)
    order = sessions.c.ended_at.is_not(None), sessions.c.seen_at.desc()
    return execute(connection, latest.order_by(*order).limit(most), dict_row).fetchall()


def end_all(
    connection: psycopg.Connection[Any], login: str, *, now: datetime, reason: str, but: str = ""
) -> None:
    """Ends the sessions of a person, except one."""
    of_person = sa.and_(sessions.c.login == login, sessions.c.session != but)
    execute(connection, _end(now, reason).where(of_person))


def digest(token: str) -> str:
    """What is stored of a token, so that nobody who reads the table can use it."""
    return hashlib.sha256(token.encode()).hexdigest()


def _end(now: datetime, reason: str) -> sa.Update:
    return sa.update(sessions).values(ended_at=now, end_reason=reason).where(sessions.c.ended_at.is_(None))


def _in_a_list(*columns: sa.Column[Any], by: sa.Column[Any]) -> sa.Function[Any]:
    """Rows as a JSON list of lists."""
    return sa.func.json_agg(aggregate_order_by(sa.func.json_build_array(*columns), by))


def _loading() -> sa.Select[Any]:
    held = grants.c
    of_person = _in_a_list(
        held.role, held.center, held.years, held.first_day, held.end_day, held.grant_id, by=held.grant_id
    )
    own = sa.select(of_person).where(held.login == accounts.c.login, held.ended_at.is_(None))
    settings = sa.select(sa.func.json_object_agg(security_settings.c.name, security_settings.c.value))
    known = sa.select(
        _in_a_list(centers.c.center_id, centers.c.name, centers.c.digest, by=centers.c.center_id)
    )
    return (
        sa.select(
            sessions.c.created_at, sessions.c.seen_at, sessions.c.verified_at, accounts.c.login,
            accounts.c.name, accounts.c.password_changed_at, accounts.c.must_change,
            accounts.c.totp.is_not(None), accounts.c.created_at, own.scalar_subquery(),
            settings.scalar_subquery(), known.scalar_subquery(),
        )
        .join_from(sessions, accounts)
        .where(
            sessions.c.session == sa.bindparam("session"), sessions.c.ended_at.is_(None), accounts.c.active
        )
    )  # fmt: skip


_LOAD, _ = compiled(_loading())  # once: every page sends it


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
