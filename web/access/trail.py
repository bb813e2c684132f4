"""The audit trail: who did what, when, from where, with which result; chained like the log, never changed.

hash(n) = SHA-256(hash(n-1) ‖ canonical(row n)), by the same functions as the event log.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson
import psycopg
import sqlalchemy as sa

from tracker import chain
from tracker.database import compiled, execute
from tracker.events.times import BEIJING
from tracker.personal_text import mask_numbers, mask_texts
from tracker.signatures import format_signature
from web.access.policy import BOUNDS
from web.access.tables import accounts, audit, audit_head

_DIGEST = chain.get_digest("sha256")


def _adding() -> sa.Insert:
    """One statement: the row's number, which only the head knows, is the last key of its canonical form."""
    head = audit_head.c
    number = sa.cast(head.seq + 1, sa.Text).concat("}")
    rest = sa.bindparam("canonical", type_=sa.LargeBinary).op("||")(sa.func.convert_to(number, "UTF8"))
    moved = (
        sa.update(audit_head)
        .values(seq=head.seq + 1, hash=sa.func.sha256(head.hash.op("||")(rest)))
        .returning(head.seq, head.hash)
        .cte("head")
    )
    given = [moved.c[one.name] if one.name in moved.c else sa.bindparam(one.name, type_=one.type)
             for one in audit.c]  # fmt: skip
    return sa.insert(audit).from_select(audit.c.keys(), sa.select(*given)).returning(audit.c.seq)


_ADD, _ADDED = compiled(_adding())


class Action(StrEnum):
    """What is written down; the value is stored, `label` is shown."""

    SIGNED_IN = "sign_in"
    SIGN_IN_FAILED = "sign_in_failed"
    LOCKED = "locked"
    UNLOCKED = "unlocked"
    SIGNED_OUT = "sign_out"
    PASSWORD_CHANGED = "password_changed"
    PASSWORD_RESET = "password_reset"
    RESET_ASKED = "reset_asked"
    RESET_DROPPED = "reset_dropped"
    SECOND_FACTOR_SET = "second_factor_set"
    SECOND_FACTOR_REMOVED = "second_factor_removed"
    RECOVERY_CODES_RENEWED = "recovery_codes_renewed"
    SESSION_CLOSED = "session_closed"
    PERSON_ADDED = "person_added"
    PERSON_CHANGED = "person_changed"
    GRANTED = "granted"
    GRANT_ENDED = "grant_ended"
    TOKEN_ISSUED = "token_issued"
    TOKEN_ROTATED = "token_rotated"
    TOKEN_REVOKED = "token_revoked"
    TOKEN_REFUSED = "token_refused"
    WALL_OPENED = "wall_opened"
    CENTER_ADDED = "center_added"
    CENTER_CHANGED = "center_changed"
    SETUP_CHECKED = "setup_checked"
    SETTING_CHANGED = "setting_changed"
    ERASURE_ASKED = "erasure_asked"
    ERASURE_DROPPED = "erasure_dropped"
    ERASED = "erased"
    REVEALED = "revealed"
    EXPORTED = "exported"
    DELIVERED = "delivered"
    PROFILE_SAVED = "profile_saved"
    PROFILE_REMOVED = "profile_removed"
    LOGGED = "logged"
    CORRECTED = "corrected"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    DEFINITION_CHANGED = "definition_changed"
    JUDGED = "judged"
    COMMANDED = "commanded"
    REFUSED = "refused"
    TOO_MANY_ATTEMPTS = "too_many_attempts"
    FORM_TOKEN_REFUSED = "form_token_refused"

    @property
    def label(self) -> str:
        return _TITLES[self]


_TITLES = {
    Action.SIGNED_IN: "登录",
    Action.SIGN_IN_FAILED: "登录失败",
    Action.LOCKED: "账号锁定",
    Action.UNLOCKED: "账号解锁",
    Action.SIGNED_OUT: "退出",
    Action.PASSWORD_CHANGED: "修改口令",
    Action.PASSWORD_RESET: "重置口令",
    Action.RESET_ASKED: "申请重置",
    Action.RESET_DROPPED: "不办理重置",
    Action.SECOND_FACTOR_SET: "启用动态口令",
    Action.SECOND_FACTOR_REMOVED: "停用动态口令",
    Action.RECOVERY_CODES_RENEWED: "换新恢复码",
    Action.SESSION_CLOSED: "强制下线",
    Action.PERSON_ADDED: "新增账号",
    Action.PERSON_CHANGED: "变更账号",
    Action.GRANTED: "授权",
    Action.GRANT_ENDED: "收回授权",
    Action.TOKEN_ISSUED: "签发接口令牌",
    Action.TOKEN_ROTATED: "更换接口令牌",
    Action.TOKEN_REVOKED: "吊销接口令牌",
    Action.TOKEN_REFUSED: "接口令牌被拒",
    Action.WALL_OPENED: "打开大屏",
    Action.CENTER_ADDED: "新增热线中心",
    Action.CENTER_CHANGED: "修改中心设置",
    Action.SETUP_CHECKED: "核对启用准备",
    Action.SETTING_CHANGED: "修改安全设置",
    Action.ERASURE_ASKED: "申请删除个人信息",
    Action.ERASURE_DROPPED: "不办理删除个人信息",
    Action.ERASED: "删除个人信息",
    Action.REVEALED: "查看完整号码或姓名",
    Action.EXPORTED: "导出",
    Action.DELIVERED: "导入",
    Action.PROFILE_SAVED: "保存导入方案",
    Action.PROFILE_REMOVED: "删除导入方案",
    Action.LOGGED: "数据填报",
    Action.CORRECTED: "修改或作废",
    Action.SUBMITTED: "提交",
    Action.APPROVED: "审批",
    Action.DEFINITION_CHANGED: "变更指标口径",
    Action.JUDGED: "填写核验结论",
    Action.COMMANDED: "在本机执行命令",
    Action.REFUSED: "越权访问（已拒绝）",
    Action.TOO_MANY_ATTEMPTS: "尝试过于频繁（已拒绝）",
    Action.FORM_TOKEN_REFUSED: "表单令牌不符（已拒绝）",
}

RESULTS = {"done": "成功", "failed": "失败", "refused": "拒绝"}


@dataclass(frozen=True)
class TrailEntry:
    """One row of the trail."""

    seq: int
    at: datetime
    login: str | None  # None: nobody known
    address: str
    action: str
    about: str
    result: str
    data: str
    hash: bytes

    @property
    def title(self) -> str:
        return Action(self.action).label if self.action in list(Action) else self.action

    @property
    def told(self) -> str:
        """The result in words."""
        return RESULTS.get(self.result, self.result)

    @property
    def details(self) -> Mapping[str, Any]:
        return orjson.loads(self.data)  # type: ignore[no-any-return]

    @property
    def detail_words(self) -> str:
        """What else there is to say, in words."""
        return "；".join(
            f"{_DETAILS.get(name, name)}：{_format_detail(value)}" for name, value in self.details.items()
        )

    def canonical(self) -> bytes:
        """What is hashed."""
        envelope = {
            "about": self.about,
            "action": self.action,
            "address": self.address,
            "at": self.at.astimezone(BEIJING).isoformat(),
            "login": self.login,
            "result": self.result,
            "seq": self.seq,
        }
        return chain.canonicalize(envelope, self.data.encode())


@dataclass(frozen=True)
class TrailVerdict:
    """What recomputing the trail found; `problem` is None when everything fits."""

    checked: int
    head: bytes
    problem: str | None = None


_DETAILS = (
    {
        "act": "办理",
        "center": "中心",
        "change": "变更",
        "columns": "列对应关系",
        "from": "地址",
        "grant": "授权",
        "minutes": "分钟",
        "name": "名称",
        "reason": "理由",
        "problem": "问题",
        "quarantined": "未导入行数",
        "rows": "行数",
        "scopes": "权限",
        "events": "日志记录",
        "refused": "未采用",
        "expires": "到期",
        "step": "步骤",
        "seq": "记录号",
        "second_factor": "动态口令",
        "sha256": "SHA-256",
        "sources": "来源",
        "token": "令牌",
        "tokens": "脱敏标识",
        "asked_by": "申请人",
        "verdict": "结论",
    }
    | {name: bound.title for name, bound in BOUNDS.items()}
    | {"totp_roles": "必须使用动态口令的角色"}
)


def _format_detail(value: object) -> str:
    if isinstance(value, list):
        return " → ".join(str(one) or "无" for one in value)
    return "是" if value is True else str(value)


def record(
    connection: psycopg.Connection[Any],
    action: Action,
    *,
    login: str | None,
    address: str,
    now: datetime,
    about: str = "",
    result: str = "done",
    details: Mapping[str, Any] | None = None,
) -> int:
    """Adds a row in the caller's transaction and gives its number; other writers wait for its end.

    Personal numbers in what it says are masked."""
    data = orjson.dumps(mask_texts(dict(details or {})), option=orjson.OPT_SORT_KEYS).decode()
    entry = TrailEntry(0, now, login, address, str(action), mask_numbers(about), result, data, b"")
    told = vars(entry) | {"canonical": entry.canonical().removesuffix(b"0}")}
    row = connection.execute(_ADD, _ADDED | told).fetchone()
    assert row is not None
    return int(row[0])


def verify_trail(connection: psycopg.Connection[Any], *, expected_head: bytes | None = None) -> TrailVerdict:
    """Recomputes the chain from the stored rows; names the first that does not fit.

    `expected_head` is a head hash noted elsewhere: it finds a trail rewritten or cut short as a whole.
    """
    end = execute(connection, sa.select(audit_head.c.seq, audit_head.c.hash)).fetchone()
    assert end is not None
    seq, hashed, met = 0, chain.GENESIS, expected_head in (None, chain.GENESIS)
    for entry in _stream(connection):
        if entry.seq != seq + 1:
            return TrailVerdict(
                seq, hashed, f"缺少第 {seq + 1} 条：下一条是第 {entry.seq} 条，说明有记录被删除。"
            )
        hashed = _DIGEST(hashed + entry.canonical())
        if hashed != entry.hash:
            return TrailVerdict(
                seq, hashed, f"第 {entry.seq} 条的内容与其哈希值不符：它或它之前的记录被改动过。"
            )
        seq, met = entry.seq, met or hashed == expected_head
    if (seq, hashed) != (end[0], bytes(end[1])):
        return TrailVerdict(
            seq, hashed, f"审计日志到第 {seq} 条为止，而留存的末尾是第 {end[0]} 条：末尾的记录被删除。"
        )
    if not met:
        return TrailVerdict(
            seq, hashed, "审计日志自身前后一致，但其中没有外部给出的日志校验值：整个日志被改写或截断过。"
        )
    return TrailVerdict(seq, hashed)


def _stream(connection: psycopg.Connection[Any]) -> Iterator[TrailEntry]:
    with connection.cursor(name="audit_rows") as cursor:
        cursor.itersize = 5000
        for row in cursor.execute(*compiled(sa.select(audit).order_by(audit.c.seq))):
            yield TrailEntry(*row)


@dataclass(frozen=True)
class TrailFilter:
    """Which rows are asked for; what is None or empty does not matter."""

    login: str = ""
    action: str = ""
    result: str = ""
    since: datetime | None = None
    until: datetime | None = None  # excluded

    def where(self) -> sa.ColumnElement[bool]:
        exactly = {"login": self.login, "action": self.action, "result": self.result}
        chosen = [audit.c[name] == value for name, value in exactly.items() if value]
        if self.since:
            chosen.append(audit.c.at >= self.since)
        if self.until:
            chosen.append(audit.c.at < self.until)
        return sa.and_(sa.true(), *chosen)


def count_entries(connection: psycopg.Connection[Any], choice: TrailFilter) -> int:
    counted = sa.select(sa.func.count()).select_from(audit).where(choice.where())
    row = execute(connection, counted).fetchone()
    assert row is not None
    return int(row[0])


def list_entries(
    connection: psycopg.Connection[Any], choice: TrailFilter, *, limit: int | None = None, offset: int = 0
) -> list[TrailEntry]:
    """The rows asked for, the newest first."""
    return [
        TrailEntry(*row) for row in execute(connection, _newest_first(choice).limit(limit).offset(offset))
    ]


def find_latest(
    connection: psycopg.Connection[Any], action: Action, about: Iterable[str]
) -> dict[str, tuple[datetime, str]]:
    """When something was last done to each of these, and who did it: her name with her account."""
    rows = (
        sa.select(audit.c.about, audit.c.at, accounts.c.name, audit.c.login)
        .select_from(audit.outerjoin(accounts, accounts.c.login == audit.c.login))
        .where(audit.c.action == action, audit.c.result == "done", audit.c.about.in_([*about]))
        .order_by(audit.c.seq)
    )
    return {
        what: (at, format_signature(name, login) if name else login or "")
        for what, at, name, login in execute(connection, rows)
    }


def stream_entries(connection: psycopg.Connection[Any], choice: TrailFilter) -> Iterator[TrailEntry]:
    """All the rows asked for as of now, some at a time from the server's own cursor."""
    cursor = connection.cursor(name="trail")
    cursor.execute(*compiled(_newest_first(choice)))
    return (TrailEntry(*row) for row in cursor)


def _newest_first(asked: TrailFilter) -> sa.Select[Any]:
    return sa.select(audit).where(asked.where()).order_by(audit.c.seq.desc())
