"""Commands about the vault of personal data: changing its key, erasing what it holds of a person."""

import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import click
import psycopg
import sqlalchemy as sa

from tracker import centers
from tracker.database import Database, execute, open_database
from tracker.events.times import BEIJING
from tracker.personal_numbers import TOKEN, TOKEN_NAMES
from tracker.personal_text import find_numbers
from tracker.settings import Settings
from tracker.vault import CenterVault, Vault, abandon_values, erase, open_vault
from tracker.vault_keys import read_keys, write_keys
from web.access import second_factor
from web.access.erasures import ErasureProblem, list_tokens
from web.access.machine import get_operator
from web.access.tables import accounts
from web.access.trail import Action, record

_TOKEN = re.compile(TOKEN)


@click.group("vault")
def vault() -> None:
    """个人信息库：更换密钥，删除一个人的号码和姓名。"""


@vault.command("rotate")
def rotate() -> None:
    """更换密钥：各中心的数据密钥改由新密钥封存，号码、姓名和脱敏标识都不变。

    密钥在文件里的，自动生成新的；在 HOTLINE_VAULT_KEY 里的，先把它写成“新密钥,旧密钥”再运行，运行后去掉旧的。
    中途断了没有损失，再运行一次即可。换完后请重启 hotline serve；登录着的人要重新登录。
    """
    settings = Settings.read()
    database = open_database(settings)
    try:
        count = rotate_keys(database, settings)
    finally:
        database.close()
    click.echo(f"已更换密钥：{count} 个中心的数据密钥改由新密钥封存。请重启 hotline serve，并备份新密钥。")
    if settings.vault_keys:
        click.echo("请从 HOTLINE_VAULT_KEY 去掉逗号和后面的旧密钥。")


@vault.command("erase")
@click.argument("tokens", metavar="脱敏标识…", nargs=-1)
@click.option("--number", "numbers", multiple=True, metavar="号码", help="要删除的号码；可写多次。")
@click.option("--name", "names", multiple=True, metavar="姓名", help="要删除的姓名；可写多次。")
@click.option("--center", metavar="编号", help="中心编号；只有一个中心时可不写。")
@click.option("--reason", required=True, metavar="理由", help="依据和理由，记入审计日志；请勿写姓名和号码。")
def erase_values(
    tokens: tuple[str, ...], numbers: tuple[str, ...], names: tuple[str, ...], center: str | None, reason: str
) -> None:
    """删除一个人的号码和姓名，不能恢复；日志、指标和已交出的证据包都不变，脱敏标识还在。

    删的是个人信息库里的值。交来的原文件和备份另按规定处理。
    """
    if not reason.strip() or find_numbers(reason):
        raise click.UsageError("请写明理由，其中不要写姓名和号码。")
    settings = Settings.read()
    database = open_database(settings)
    with database.connect() as connection:
        code = centers.find_center(connection, center or settings.center).center_id
        own = open_vault(settings).of(connection, code)
        wanted = [*map(_check_token, tokens), *_find_tokens(own, numbers, names)]
        if not wanted:
            raise click.UsageError("请写明脱敏标识，或用 --number、--name 写明要删除的号码、姓名。")
        erased = erase(connection, code, wanted)
        _record(connection, f"vault erase {code}", {"reason": reason.strip(), "tokens": "、".join(erased)})
    database.close()
    click.echo(
        f"已删除 {len(erased)} 项。" if erased else "没有要删除的：没有这些脱敏标识，或者以前已经删除。"
    )
    for token in erased:
        click.echo(f"{TOKEN_NAMES[token.partition('-')[0]]}\t{token}")


@vault.command("abandon")
@click.option("--center", metavar="编号", help="中心编号；只有一个中心时可不写。")
@click.option("--reason", required=True, metavar="理由", help="密钥是怎样丢失的，记入审计日志。")
@click.confirmation_option(
    "--yes", prompt="已存的号码、姓名、来源文件和佐证材料将永远看不到，确定吗？", help="不再询问。"
)
def abandon(center: str | None, reason: str) -> None:
    """密钥确已丢失时：放弃解不开的号码、姓名和存放的文件，以后的文件用新的数据密钥。

    日志和指标不变；原文件和佐证材料还在手里的，重新交一次就又存下来；以后来电的号码与以前的对不上，重复来电从这时起重新认。
    """
    settings = Settings.read()
    database = open_database(settings)
    with database.connect() as connection:
        code = centers.find_center(connection, center or settings.center).center_id
        count = abandon_values(connection, code)
        _record(connection, f"vault abandon {code}", {"reason": reason.strip(), "values": str(count)})
    database.close()
    click.echo(f"已放弃 {count} 项解不开的号码和姓名，以及用同一把密钥加密的文件；现在可以继续导入。")


def rotate_keys(database: Database, settings: Settings) -> int:
    """Has a new key close the vault; gives the number of centres. Raises: VaultProblem, KeyFileProblem.

    The new key is written beside the former one first, and stands alone only when nothing needs that:
    wherever this breaks off, all can be opened, and the next call goes on."""
    if settings.vault_keys:
        return _rewrap(database, settings.vault_keys)
    keys = read_keys(settings.home)
    if len(keys) == 1:
        keys = [secrets.token_bytes(32), *keys]
        write_keys(settings.home, keys)
    count = _rewrap(database, keys)
    write_keys(settings.home, keys[:1])
    return count


def _rewrap(database: Database, keys: Sequence[bytes]) -> int:
    closing = Vault(keys[0], keys[1:])
    with database.connect() as connection:
        count = closing.rewrap(connection)
        for login, stored in execute(connection, sa.select(accounts.c.login, accounts.c.totp)).fetchall():
            secret = second_factor.open_secret(closing, login, stored) if stored else None
            if secret:
                sealed = second_factor.seal_secret(closing, login, secret)
                execute(connection, sa.update(accounts).where(accounts.c.login == login).values(totp=sealed))
        _record(connection, "vault rotate", {"centers": str(count)})
    return count


def _find_tokens(own: CenterVault, numbers: Sequence[str], names: Sequence[str]) -> list[str]:
    """Raises: UsageError."""
    try:
        return list_tokens(own, numbers, names)
    except ErasureProblem as problem:
        raise click.UsageError(f"--number：{problem}") from problem


def _check_token(token: str) -> str:
    if not _TOKEN.fullmatch(token):
        raise click.UsageError("脱敏标识应像 phone-1a2b3c…，见事件页；号码和姓名请用 --number、--name 写。")
    return token


def _record(connection: psycopg.Connection[Any], about: str, details: dict[str, str]) -> None:
    record(
        connection, Action.COMMANDED, login=get_operator(), address="", now=datetime.now(BEIJING),
        about=about, details=details,
    )  # fmt: skip
