"""Erasures of a person's numbers and names: one administrator asks, another one confirms.

What goes is the values in the vault; log, figures and packages hold tokens and stay as they are. Nothing
brings a value back, hence two people. Where there is one administrator only, `hotline vault erase` does it.
Source: 个人信息保护法第四十七条 (erasure on request).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg.rows import class_row

from tracker.database import execute
from tracker.events.times import get_day
from tracker.personal_text import find_numbers
from tracker.vault import CenterVault, Vault, erase
from web.access.masking import mask_value
from web.access.resets import list_administrators
from web.access.tables import erasure_requests

HOLDS = timedelta(days=7)  # that a request waits for its second administrator
_MOST = 50  # of a list
_GONE = "这项申请已经办过、撤销或过期，请重新申请。"


class ErasureProblem(ValueError):
    """现在不能这样删除，原因见说明。"""


@dataclass(frozen=True)
class ErasureRequest:
    """A request to erase the values of tokens, and what became of it."""

    number: int
    center_id: str
    tokens: Sequence[str]
    reason: str
    asked_by: str
    asked_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    confirmed: bool | None

    def waits(self, now: datetime) -> bool:
        return self.decided_at is None and now - self.asked_at < HOLDS


def list_tokens(own: CenterVault, numbers: Sequence[str], names: Sequence[str]) -> list[str]:
    """The tokens of numbers, however they are written, and of names; nothing is kept of them.

    Raises: ErasureProblem for what is no personal number."""
    tokens = [own.token("name", name.strip()) for name in names]
    for number in numbers:
        found = find_numbers(number)
        if not found:
            raise ErasureProblem("这不是电话、证件、银行卡或车牌号码，请核对。")
        tokens += [own.token(one.kind, one.value) for one in found]
    own.forget()
    return list(dict.fromkeys(tokens))


def list_requests(connection: psycopg.Connection[Any]) -> list[ErasureRequest]:
    """The latest requests, the newest first."""
    rows = sa.select(erasure_requests).order_by(erasure_requests.c.number.desc()).limit(_MOST)
    return execute(connection, rows, class_row(ErasureRequest)).fetchall()


def mask_tokens(
    connection: psycopg.Connection[Any], vault: Vault, request: ErasureRequest
) -> Mapping[str, str]:
    """Token → its value as an administrator may see it: masked, or that it is gone."""
    values = vault.read_values(connection, request.center_id, request.tokens)
    return {token: mask_value(token.partition("-")[0], values.get(token)) for token in request.tokens}


def ask_erasure(
    connection: psycopg.Connection[Any],
    vault: Vault,
    center: str,
    tokens: Sequence[str],
    reason: str,
    *,
    by: str,
    now: datetime,
) -> list[str]:
    """Notes the request; gives the tokens that have a value to be erased.

    Raises: ErasureProblem where there is none, one of them waits already, or nobody else could confirm."""
    values = vault.read_values(connection, center, tokens)
    there = sorted(token for token, value in values.items() if value is not None)
    if not there:
        raise ErasureProblem("这个中心的个人信息库里没有这个号码或姓名，或者以前已经删除；请核对后再申请。")
    waiting = {token for one in list_requests(connection) if one.waits(now) for token in one.tokens}
    if waiting.intersection(there):
        raise ErasureProblem("已有人申请删除其中的号码或姓名，请等另一位安全管理员确认。")
    if not set(list_administrators(connection, get_day(now))) - {by}:
        raise ErasureProblem(
            "删除个人信息须两位安全管理员办理，现在没有另一位可以确认。"
            f"请在服务器上运行 hotline vault erase --center {center}，或先增设一位安全管理员。"
        )
    asked = sa.insert(erasure_requests).values(
        center_id=center, tokens=there, reason=reason, asked_by=by, asked_at=now
    )
    execute(connection, asked)
    return there


def confirm_erasure(
    connection: psycopg.Connection[Any], number: int, *, by: str, now: datetime
) -> tuple[ErasureRequest, list[str]]:
    """Erases what was asked for, which `by` confirms; gives the request and the tokens that had a value.

    Raises: ErasureProblem for whoever asked, or where the request waits no longer."""
    found = _decide(connection, number, by=by, now=now, confirmed=True)
    if found.asked_by == by:
        raise ErasureProblem("删除须由申请人以外的另一位安全管理员确认。")
    return found, erase(connection, found.center_id, found.tokens)


def drop_erasure(
    connection: psycopg.Connection[Any], number: int, *, by: str, now: datetime
) -> ErasureRequest:
    """The request, which is not carried out. Raises: ErasureProblem where it waits no longer."""
    return _decide(connection, number, by=by, now=now, confirmed=False)


def _decide(
    connection: psycopg.Connection[Any], number: int, *, by: str, now: datetime, confirmed: bool
) -> ErasureRequest:
    """Takes a waiting request, which nobody else can then take; the caller commits."""
    table = erasure_requests.c
    open_ = sa.and_(table.number == number, table.decided_at.is_(None), table.asked_at > now - HOLDS)
    decided = sa.update(erasure_requests).values(decided_by=by, decided_at=now, confirmed=confirmed)
    row = execute(
        connection, decided.where(open_).returning(*erasure_requests.c), class_row(ErasureRequest)
    ).fetchone()
    if row is None:
        raise ErasureProblem(_GONE)
    found: ErasureRequest = row
    return found
