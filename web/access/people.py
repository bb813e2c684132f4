"""People who sign in, and what they may: one may hold several grants, each a role at a centre for a time."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg.rows import class_row
from sqlalchemy.dialects.postgresql import insert

from tracker.database import execute
from tracker.periods import Period
from tracker.signatures import bears_account, clean_name, format_signature, is_same_name
from web.access import passwords, tables
from web.access.rights import RIGHTS, Right, Role, exclude_each_other

_NO_NAMES: Mapping[str, str] = {}
LONGEST_VISIT = timedelta(days=366)  # of an evaluator
_ONE_AT_A_TIME = sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext("hotline account names")))
_LOGIN = re.compile(r"[a-z][a-z0-9._-]{2,31}")


class PersonProblem(ValueError):
    """账号或授权不能这样设。"""


@dataclass(frozen=True)
class Grant:
    """A role that a person holds; `center` or `years` None: all of them."""

    role: Role
    center: str | None
    years: frozenset[int] | None
    first_day: date
    end_day: date | None  # the day after the last
    grant_id: int = 0

    def holds(self, day: date) -> bool:
        return self.first_day <= day and (self.end_day is None or day < self.end_day)

    def covers(self, center: str | None, year: int | None) -> bool:
        """Whether it reaches a centre and a year; None asks for any."""
        there = center is None or self.center in (None, center)
        return there and (year is None or self.years is None or year in self.years)


@dataclass(frozen=True)
class Person:
    """Somebody signed in, with the grants that hold today."""

    login: str
    name: str
    grants: tuple[Grant, ...]

    def may(self, right: Right, center: str | None = None, year: int | None = None) -> bool:
        """Whether a right is held at a centre for a year; None asks for any."""
        return right is Right.OWN_ACCOUNT or any(
            grant.covers(center, year) for grant in self._select_grants(right)
        )

    def sees_center(self, center: str) -> bool:
        """Whether any business grant reaches a centre."""
        return any(grant.covers(center, None) and not grant.role.administers for grant in self.grants)

    def years(self, right: Right, center: str) -> frozenset[int] | None:
        """The years for which a right is held at a centre; None: all."""
        there = [grant.years for grant in self._select_grants(right) if grant.covers(center, None)]
        if any(years is None for years in there):
            return None
        return frozenset(year for years in there if years for year in years)

    @property
    def roles(self) -> list[Role]:
        """Each role once, in the order of their declaration."""
        roles = {grant.role for grant in self.grants}
        return [role for role in Role if role in roles]

    @property
    def signature(self) -> str:
        """Under which name the person signs: with the account, by which people are told apart."""
        return format_signature(self.name, self.login)

    @property
    def told(self) -> str:
        """The roles in words."""
        return "、".join(role.label for role in self.roles) or "尚无授权"

    def _select_grants(self, right: Right) -> Iterable[Grant]:
        return (grant for grant in self.grants if right in RIGHTS[grant.role])


@dataclass(frozen=True)
class Account:
    """A person's account as it is kept."""

    login: str
    name: str
    password: str
    former: list[str]
    password_changed_at: datetime
    must_change: bool
    totp: bytes | None
    totp_step: int
    recovery_codes: list[str]
    failed: int
    locked_until: datetime | None
    active: bool
    created_at: datetime
    created_by: str

    def locked(self, now: datetime) -> bool:
        return self.locked_until is not None and now < self.locked_until


def forget_second_factor(connection: psycopg.Connection[Any], login: str) -> None:
    """Without app and recovery codes: the person sets both up anew."""
    change_account(connection, login, totp=None, totp_step=0, recovery_codes=[])


def list_accounts(connection: psycopg.Connection[Any]) -> list[Account]:
    """Everybody, by login name."""
    everybody = sa.select(tables.accounts).order_by(tables.accounts.c.login)
    return execute(connection, everybody, class_row(Account)).fetchall()


def find_account(
    connection: psycopg.Connection[Any], login: str, *, for_update: bool = False
) -> Account | None:
    """The account of a login name; with `for_update` nobody else signs in by it meanwhile."""
    one = sa.select(tables.accounts).where(tables.accounts.c.login == login)
    found: Account | None = execute(
        connection, one.with_for_update() if for_update else one, class_row(Account)
    ).fetchone()
    return found


def get_account(connection: psycopg.Connection[Any], login: str) -> Account:
    """Raises: PersonProblem where there is none."""
    account = find_account(connection, login)
    if account is None:
        raise PersonProblem(f"没有登录名为“{login}”的账号。")
    return account


def add_person(
    connection: psycopg.Connection[Any], login: str, name: str, *, by: str, now: datetime, password: str = ""
) -> None:
    """A new account whose password must be changed first; without a password nobody can sign in by it.

    Raises: PersonProblem for a login name that cannot be used, or was ever used."""
    if not _LOGIN.fullmatch(login):
        raise PersonProblem(
            f"登录名“{login}”不能用：请以小写字母开头，只用小写字母、数字和 . _ -，3 至 32 位。"
        )
    name = check_name(connection, name)
    hashed = passwords.hash_password(password) if password else ""
    account = insert(tables.accounts).values(
        login=login, name=name, password=hashed, former=[], password_changed_at=now, must_change=True,
        totp_step=0, recovery_codes=[], failed=0, active=True, created_at=now, created_by=by,
    )  # fmt: skip
    if execute(connection, account.on_conflict_do_nothing()).rowcount == 0:
        raise PersonProblem(f"登录名“{login}”已经有人使用；一个登录名只属于一个人。")


def check_name(connection: psycopg.Connection[Any], name: str, *, login: str | None = None) -> str:
    """A name as it is kept, which nobody else bears whose account is in use; `login` is one's own.

    Until the transaction ends, nobody else takes a name. Raises: PersonProblem where it cannot be used.
    """
    cleaned = clean_name(name)
    if not 0 < len(cleaned) <= 32:
        raise PersonProblem("请填写姓名，不超过 32 个字。")
    if bears_account(cleaned):
        raise PersonProblem(f"姓名“{cleaned}”不能用：括号里像是别人的登录名，签名时分不清是谁。")
    execute(connection, _ONE_AT_A_TIME)
    other = next((one for one in find_namesakes(connection, cleaned) if one != login), None)
    if other is not None:
        raise PersonProblem(
            f"已有在用的账号 {other} 也叫“{cleaned}”，确认时别人分不清是谁；"
            "请在姓名后加上科室或工号，如“王芳·质检科”。"
        )
    return cleaned


def find_namesakes(connection: psycopg.Connection[Any], name: str) -> list[str]:
    """The accounts in use whose names read like this one, by login name."""
    return [one.login for one in list_accounts(connection) if one.active and is_same_name(one.name, name)]


def format_name(connection: psycopg.Connection[Any], person: Person) -> str:
    """A person's name as others read it: with the account where somebody else bears it too."""
    return person.signature if find_namesakes(connection, person.name) != [person.login] else person.name


def set_password(
    connection: psycopg.Connection[Any], account: Account, password: str, *, now: datetime, must_change: bool
) -> None:
    """A new password; the present one joins the former ones, and the account is no longer locked."""
    former = [one for one in (account.password, *account.former) if one][:24]
    change_account(
        connection, account.login, password=passwords.hash_password(password), former=former,
        password_changed_at=now, must_change=must_change, failed=0, locked_until=None,
    )  # fmt: skip


def set_active(connection: psycopg.Connection[Any], login: str, active: bool) -> None:
    """Closes or opens an account. Raises: PersonProblem where somebody else bears its name by now."""
    if active:
        check_name(connection, get_account(connection, login).name, login=login)
    change_account(connection, login, active=active)


def unlock(connection: psycopg.Connection[Any], login: str) -> None:
    change_account(connection, login, failed=0, locked_until=None)


def change_account(connection: psycopg.Connection[Any], login: str, **columns: Any) -> None:
    """Sets columns of an account."""
    accounts = tables.accounts
    execute(connection, sa.update(accounts).values(**columns).where(accounts.c.login == login))


def read_grants(connection: psycopg.Connection[Any], login: str | None = None) -> dict[str, list[Grant]]:
    """The grants that were not taken back, by login name; of one person, or of all."""
    found: dict[str, list[Grant]] = {}
    held = tables.grants.c
    columns = (held.login, held.role, held.center, held.years, held.first_day, held.end_day, held.grant_id)
    rows = sa.select(*columns).where(held.ended_at.is_(None)).order_by(held.grant_id)
    if login is not None:
        rows = rows.where(held.login == login)
    for name, role, center, years, first_day, end_day, grant_id in execute(connection, rows):
        span = None if years is None else frozenset(years)
        found.setdefault(name, []).append(Grant(Role(role), center, span, first_day, end_day, grant_id))
    return found


def count_holders(connection: psycopg.Connection[Any], day: date) -> Counter[tuple[str | None, Role]]:
    """How many accounts in use hold each role on a day, by centre; under None, at every centre."""
    held, account = tables.grants.c, tables.accounts.c
    not_over = sa.or_(held.end_day.is_(None), held.end_day > day)
    rows = (
        sa.select(held.center, held.role, sa.func.count(held.login.distinct()))
        .select_from(tables.grants.join(tables.accounts))
        .where(account.active, held.ended_at.is_(None), held.first_day <= day, not_over)
        .group_by(held.center, held.role)
    )
    return Counter({(center, Role(role)): count for center, role, count in execute(connection, rows)})


def read_person(connection: psycopg.Connection[Any], login: str, today: date) -> Person:
    """Somebody with the grants that hold on a day. Raises: PersonProblem where there is no such account."""
    grants = read_grants(connection, login).get(login, [])
    name = get_account(connection, login).name
    return Person(login, name, tuple(grant for grant in grants if grant.holds(today)))


def give(
    connection: psycopg.Connection[Any], login: str, grant: Grant, *, by: str, now: datetime, today: date
) -> None:
    """Grants a role. Raises: PersonProblem where the roles of one person would exclude each other,
    or an evaluator's visit is not bounded."""
    find_account(connection, login, for_update=True)
    grants = read_grants(connection, login).get(login, [])
    _check(grant, [one for one in grants if one.end_day is None or one.end_day > today])
    years = None if grant.years is None else sorted(grant.years)
    given = sa.insert(tables.grants).values(
        login=login, role=grant.role, center=grant.center, years=years, first_day=grant.first_day,
        end_day=grant.end_day, granted_by=by, granted_at=now,
    )  # fmt: skip
    execute(connection, given)


def take_back(
    connection: psycopg.Connection[Any], login: str, grant_id: int, *, by: str, now: datetime
) -> Grant | None:
    """Ends a grant now; None where there is no such grant."""
    ended = next(
        (one for one in read_grants(connection, login).get(login, []) if one.grant_id == grant_id), None
    )
    if ended:
        taken = sa.update(tables.grants).values(ended_by=by, ended_at=now)
        execute(connection, taken.where(tables.grants.c.grant_id == grant_id))
    return ended


def _check(grant: Grant, grants: list[Grant]) -> None:
    other = next((one.role for one in grants if exclude_each_other(one.role, grant.role)), None)
    if other is not None:
        raise PersonProblem(f"{other.label}和{grant.role.label}不能是同一个人；请为另一项职责另建账号。")
    if grant.end_day is not None and grant.end_day <= grant.first_day:
        raise PersonProblem("授权的截止日期不能早于起始日期。")
    if grant.role is Role.EVALUATOR and None in (grant.center, grant.years, grant.end_day):
        raise PersonProblem("评价人员的授权必须写明中心、年度和截止日期。")
    if grant.role is Role.EVALUATOR and grant.end_day and grant.end_day - grant.first_day > LONGEST_VISIT:
        raise PersonProblem(f"评价人员的授权最长 {LONGEST_VISIT.days} 天；请把截止日期提前，到期再授。")
    if grant.role.administers and (grant.center is not None or grant.years is not None):
        raise PersonProblem(f"{grant.role.label}不涉及业务数据，不按中心和年度授权。")


def format_grant(grant: Grant, names: Mapping[str, str] = _NO_NAMES) -> str:
    """A grant in words: 评价人员，tlf，2023年，2024-01-10 至 2024-02-10; `names` are those of centres."""
    parts = [grant.role.label]
    if not grant.role.administers:
        name = names.get(grant.center or "")
        parts.append(f"{name}（{grant.center}）" if name else grant.center or "全部中心")
        parts.append("、".join(f"{year}年" for year in sorted(grant.years)) if grant.years else "全部年度")
    last = date.fromordinal(grant.end_day.toordinal() - 1) if grant.end_day else None
    return "，".join([*parts, f"{grant.first_day} 至 {last}" if last else f"{grant.first_day} 起长期"])


def get_year(period: Period) -> int:
    """The year in which a period lies."""
    return period.first_day.year


def parse_years(text: str) -> frozenset[int] | None:
    """2025、2026 → both; nothing → None, all years. Raises: PersonProblem."""
    words = text.replace("、", " ").replace("，", " ").replace(",", " ").replace("年", " ").split()
    if not all(re.fullmatch(r"20\d\d", word, re.ASCII) for word in words):
        raise PersonProblem(
            f"年度“{text}”看不懂：请写 2000 至 2099 的四位数字，几个年度用顿号隔开，如 2025、2026。"
        )
    return frozenset(map(int, words)) or None
