"""The security settings of an instance, and how far they may be moved: a minimum is never undercut.

Source: GB/T 22239-2019 8.1.4.1 (identity) and the usual values of its assessment;
网络安全法第二十一条 (logs of six months).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from tracker.database import execute
from web.access.rights import Right, Role
from web.access.tables import security_settings

TOTP_RIGHTS = frozenset({Right.APPROVE, Right.EXPORT})  # that ask for a second factor as delivered


class PolicyProblem(ValueError):
    """安全设置的值不能用。"""


@dataclass(frozen=True)
class Policy:
    """What holds now."""

    min_length: int = 8
    min_classes: int = 3
    former_refused: int = 5
    password_days: int = 90
    attempts: int = 5
    lock_minutes: int = 30
    idle_minutes: int = 15
    session_hours: int = 12
    log_days: int = 365
    export_rows: int = 200_000
    totp_grace_days: int = 7
    totp_roles: frozenset[Role] = frozenset(
        role for role in Role if role.rights & TOTP_RIGHTS or role.administers
    )

    @property
    def idle(self) -> timedelta:
        return timedelta(minutes=self.idle_minutes)

    @property
    def longest(self) -> timedelta:
        return timedelta(hours=self.session_hours)

    def must_enrol(self, roles: Collection[Role], since: datetime, now: datetime) -> bool:
        """Whether somebody with these roles, whose account was made at a moment, can wait no longer."""
        grace = timedelta(days=self.totp_grace_days)
        return not self.totp_roles.isdisjoint(roles) and now - since >= grace

    def is_expired(self, changed_at: datetime, now: datetime) -> bool:
        """Whether a password is too old."""
        return now - changed_at >= timedelta(days=self.password_days)


@dataclass(frozen=True)
class SettingBound:
    """A number that may be set, within limits."""

    name: str
    title: str
    unit: str
    least: int
    most: int
    about: str

    def checked(self, text: str) -> int:
        """The number of a text. Raises: PolicyProblem that names the limits."""
        digits = text.strip()
        value = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None
        if value is None or not self.least <= value <= self.most:
            raise PolicyProblem(
                f"“{self.title}”应为 {self.least} 至 {self.most} 的整数（{self.unit}），不能是“{text}”。"
            )
        return value


def parse_policy(written: Mapping[str, str]) -> Policy:
    """The policy of stored settings; what is not stored is as delivered."""
    values: dict[str, Any] = {
        name: int(text) for name, text in written.items() if name in BOUNDS and text.isdigit()
    }
    if TOTP_ROLES in written:
        values["totp_roles"] = frozenset(Role(name) for name in written[TOTP_ROLES].split())
    return Policy(**values)


def read_policy(connection: psycopg.Connection[Any]) -> Policy:
    """What holds now."""
    written = sa.select(security_settings.c.name, security_settings.c.value)
    return parse_policy(dict(execute(connection, written).fetchall()))


def write_policy(
    connection: psycopg.Connection[Any], numbers: Mapping[str, str], totp_roles: frozenset[Role]
) -> dict[str, list[str]]:
    """Stores settings; gives those that changed, each with its old and new value.

    Raises: PolicyProblem; nothing is stored then."""
    wanted = {name: str(BOUNDS[name].checked(text)) for name, text in numbers.items()}
    wanted[TOTP_ROLES] = " ".join(sorted(totp_roles))
    before = format_policy(read_policy(connection))
    changed = {name: [before[name], value] for name, value in wanted.items() if before[name] != value}
    for name, (_, value) in changed.items():
        setting = insert(security_settings).values(name=name, value=value)
        execute(connection, setting.on_conflict_do_update(index_elements=["name"], set_={"value": value}))
    return changed


def format_policy(policy: Policy) -> dict[str, str]:
    """Every setting as text."""
    numbers = {one.name: str(getattr(policy, one.name)) for one in fields(Policy) if one.name in BOUNDS}
    return numbers | {TOTP_ROLES: " ".join(sorted(policy.totp_roles))}


TOTP_ROLES = "totp_roles"

BOUNDS = {
    bound.name: bound
    for bound in (
        SettingBound("min_length", "口令最短长度", "位", 8, 64, "口令的最少位数。"),
        SettingBound(
            "min_classes",
            "口令字符种类",
            "种",
            3,
            4,
            "大写字母、小写字母、数字、其他符号中至少包含的种类数。",
        ),
        SettingBound("former_refused", "不得重复的旧口令", "个", 5, 24, "新口令不得与最近用过的这几个相同。"),
        SettingBound("password_days", "口令有效期", "天", 1, 90, "到期后须修改口令方可登录。"),
        SettingBound("attempts", "连续失败次数", "次", 3, 5, "口令或动态口令连续错到这个次数，账号锁定。"),
        SettingBound(
            "lock_minutes", "锁定时长", "分钟", 5, 1440, "锁定满该时长后自动解锁，也可由安全管理员解锁。"
        ),
        SettingBound("idle_minutes", "闲置退出", "分钟", 1, 30, "超过该时长无操作，自动退出登录。"),
        SettingBound("session_hours", "登录最长时间", "小时", 1, 24, "登录满该时长须重新登录。"),
        SettingBound(
            "log_days", "登录记录保存", "天", 180, 3650, "登录记录至少保存半年；审计日志永久保存，不会删除。"
        ),
        SettingBound(
            "totp_grace_days",
            "动态口令启用期限",
            "天",
            0,
            30,
            "账号建立后可暂不启用的天数；到期后须启用动态口令方可使用系统。",
        ),
        SettingBound("export_rows", "单次导出上限", "行", 100, 200_000, "一次导出明细的最多行数。"),
    )
}
