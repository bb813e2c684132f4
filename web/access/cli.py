"""Commands about people, tokens of machines and the audit trail, for whoever is at the machine itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import click
import psycopg

from tracker import centers
from tracker.chain import read_hash
from tracker.database import open_database
from tracker.events.times import BEIJING, get_day
from tracker.settings import Settings
from web.access import api_tokens, passwords, sessions
from web.access.api_tokens import LIFETIMES, OVERLAP, WALL_ALONE, ApiToken, Scope
from web.access.machine import get_operator
from web.access.people import (
    Grant,
    add_person,
    format_grant,
    get_account,
    give,
    list_accounts,
    parse_years,
    read_grants,
    set_password,
)
from web.access.people import (
    forget_second_factor as forget_factor,
)
from web.access.rights import Role
from web.access.trail import Action, record, verify_trail

_DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group("people")
def people() -> None:
    """账号：新增、列出、授权、重置口令（没有网页可用时）。"""


@people.command("list")
def list_people() -> None:
    """列出全部账号和授权。"""
    with _open_connection() as connection:
        found, grants = list_accounts(connection), read_grants(connection)
    if not found:
        click.echo("还没有任何账号。首次运行 hotline serve 会建立安全管理员，也可用 hotline people add。")
    for one in found:
        state = "" if one.active else "（已停用）"
        click.echo(f"{one.login}\t{one.name}{state}")
        for grant in grants.get(one.login, []):
            click.echo(f"\t{format_grant(grant)}")


@people.command("add")
@click.argument("login", metavar="登录名")
@click.option("--name", required=True, help="姓名，确认、审批时显示。")
def add(login: str, name: str) -> None:
    """新增一个账号，并印出初始口令。"""
    password, now = passwords.make_one_time_password(), _get_now()
    with _open_connection() as connection:
        add_person(connection, login, name, by=get_operator(), now=now, password=password)
        _note(connection, Action.PERSON_ADDED, login, now)
    _tell(login, password)
    click.echo(f"还没有授权。例如：hotline people grant {login} manager --center 中心编号")


@people.command("grant")
@click.argument("login", metavar="登录名")
@click.argument("role", metavar="角色", type=click.Choice([role.value for role in Role]))
@click.option("--center", metavar="编号", help="中心编号；不写为全部中心。")
@click.option("--years", default="", help="年度，如 2025,2026；不写为全部年度。")
@click.option("--from", "first", type=_DAY, help="起始日期，默认今天。")
@click.option("--until", "last", type=_DAY, help="截止日期（含）；评价人员必须写。")
def grant(
    login: str, role: str, center: str | None, years: str, first: datetime | None, last: datetime | None
) -> None:
    """给一个账号授权。

    角色：clerk 录入员，manager 业务主管，approver 审批人，evaluator 评价人员，system_admin 系统管理员，
    security_admin 安全管理员，audit_admin 审计管理员。
    """
    now = _get_now()
    start: date = first.date() if first else get_day(now)
    end = last.date() + timedelta(days=1) if last else None
    with _open_connection() as connection:
        get_account(connection, login)
        chosen = centers.find_center(connection, center).center_id if center else None
        wanted = Grant(Role(role), chosen, parse_years(years), start, end)
        give(connection, login, wanted, by=get_operator(), now=now, today=get_day(now))
        _note(connection, Action.GRANTED, login, now, grant=format_grant(wanted))
    click.echo(f"已授权 {login}：{format_grant(wanted)}。")


@people.command("reset-password")
@click.argument("login", metavar="登录名")
def reset_password(login: str) -> None:
    """重置口令并解锁，印出新的初始口令；该账号全部强制下线。"""
    password, now = passwords.make_one_time_password(), _get_now()
    with _open_connection() as connection:
        set_password(connection, get_account(connection, login), password, now=now, must_change=True)
        sessions.end_all(connection, login, now=now, reason="password")
        _note(connection, Action.PASSWORD_RESET, login, now)
    _tell(login, password)


@people.command("forget-second-factor")
@click.argument("login", metavar="登录名")
def forget_second_factor(login: str) -> None:
    """停用动态口令和恢复码；该账号全部强制下线，下次登录只用口令。"""
    now = _get_now()
    with _open_connection() as connection:
        get_account(connection, login)
        forget_factor(connection, login)
        sessions.end_all(connection, login, now=now, reason="closed")
        _note(connection, Action.SECOND_FACTOR_REMOVED, login, now)
    click.echo(f"已停用 {login} 的动态口令和恢复码；请本人登录后重新启用。")


@click.group("audit")
def audit() -> None:
    """审计日志：核验。"""


@audit.command("verify")
@click.option("--head", help="另外记下的日志校验值，用来发现整体改写或截断。")
def verify(head: str | None) -> None:
    """重新计算审计日志的哈希链，指出第一条不符的记录。"""
    with _open_connection() as connection:
        verdict = verify_trail(connection, expected_head=read_hash(head) if head else None)
    if verdict.problem:
        click.echo(f"不通过。{verdict.problem}（此前 {verdict.checked} 条相符）")
        raise SystemExit(1)
    click.echo(f"通过。{verdict.checked} 条逐条相符，日志校验值 {verdict.head.hex()}")


@click.group("tokens")
def tokens() -> None:
    """接口令牌：列出、签发、换新、吊销（没有网页可用时）。"""


@tokens.command("list")
def list_all() -> None:
    """列出全部令牌：编号、中心、用途、权限、到期、最近使用。"""
    now = _get_now()
    with _open_connection() as connection:
        found = api_tokens.list_tokens(connection)
    if not found:
        click.echo("还没有签发过令牌。")
    for one in found:
        used = f"{one.used_at.astimezone(BEIJING):%Y-%m-%d %H:%M}" if one.used_at else "从未"
        state = one.describe_end(now) or ("已换新" if one.replaced_at else "有效")
        expires = f"{one.expires_at.astimezone(BEIJING):%Y-%m-%d}"
        scopes = ",".join(one.scopes)
        click.echo(
            f"{one.token[:_SHORT]}\t{one.center_id}\t{one.name}\t{scopes}\t{expires} 到期\t"
            f"最近使用 {used}\t{state}"
        )


@tokens.command("issue")
@click.argument("name", metavar="用途")
@click.option("--center", metavar="编号", required=True, help="中心编号。")
@click.option(
    "--scope",
    "scopes",
    required=True,
    multiple=True,
    type=click.Choice([scope.value for scope in Scope]),
    help="权限，可写多次。",
)
@click.option(
    "--days", type=click.IntRange(1, LIFETIMES[-1]), default=180, show_default=True, help="有效天数。"
)
def issue_token(name: str, center: str, scopes: tuple[str, ...], days: int) -> None:
    """签发一个令牌，只显示一次。"""
    now = _get_now()
    with _open_connection() as connection:
        code = centers.find_center(connection, center).center_id
        chosen = frozenset(map(Scope, scopes))
        if Scope.WALL in chosen and len(chosen) > 1:
            raise click.UsageError(WALL_ALONE)
        token = api_tokens.issue(connection, code, name, scopes=chosen, days=days, by=get_operator(), now=now)
        _note(connection, Action.TOKEN_ISSUED, f"{code}：{name}", now, scopes="、".join(sorted(scopes)))
    click.echo(f"{token}（只显示这一次，{days} 天内有效）")


@tokens.command("rotate")
@click.argument("number", metavar="编号")
def rotate_token(number: str) -> None:
    """换一个新令牌；旧的再用 7 天，其间两个都有效。编号见 hotline tokens list。"""
    now = _get_now()
    with _open_connection() as connection:
        one = _find_token(connection, number)
        rotated = api_tokens.rotate(connection, one.center_id, one.token, by=get_operator(), now=now)
        if rotated is None:
            raise click.ClickException("这个令牌已经换过、过期或吊销，不能再换新；请另签一个。")
        _note(connection, Action.TOKEN_ROTATED, f"{one.center_id}：{one.name}", now)
    click.echo(f"{rotated[1]}（只显示这一次；旧令牌再用 {OVERLAP.days} 天）")


@tokens.command("revoke")
@click.argument("number", metavar="编号")
def revoke_token(number: str) -> None:
    """立即吊销一个令牌。编号见 hotline tokens list。"""
    now = _get_now()
    with _open_connection() as connection:
        one = _find_token(connection, number)
        if api_tokens.revoke(connection, one.center_id, one.token, now=now) is None:
            raise click.ClickException("这个令牌以前已经吊销。")
        _note(connection, Action.TOKEN_REVOKED, f"{one.center_id}：{one.name}", now)
    click.echo(f"已吊销“{one.name}”的令牌。")


_SHORT = 12  # hexadecimal digits of a token's hash that a person types


def _find_token(connection: psycopg.Connection[Any], number: str) -> ApiToken:
    found = [one for one in api_tokens.list_tokens(connection) if number and one.token.startswith(number)]
    if len(found) != 1:
        raise click.ClickException(f"没有编号为“{number}”的令牌；编号见 hotline tokens list。")
    return found[0]


@contextmanager
def _open_connection() -> Iterator[psycopg.Connection[Any]]:
    database = open_database(Settings.read())
    with database.connect() as connection:
        yield connection
    database.close()


def _note(
    connection: psycopg.Connection[Any], action: Action, login: str, now: datetime, **details: str
) -> None:
    record(connection, action, login=get_operator(), address="", now=now, about=login, details=details)


def _tell(login: str, password: str) -> None:
    hours = passwords.ONE_TIME_HOLDS.days * 24
    click.echo(f"登录名 {login}，初始口令 {password}（只显示这一次，{hours} 小时内有效，首次登录须修改）")


def _get_now() -> datetime:
    return datetime.now(BEIJING)
