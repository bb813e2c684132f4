"""Passwords: the rules, the hashes, and one-time passwords that the system makes up."""

import secrets
import string
from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from web.access.known_passwords import is_known
from web.access.policy import Policy

HASHER = PasswordHasher()  # argon2id with the library's costs
LONGEST = 128
ONE_TIME_HOLDS = timedelta(hours=72)

_CLASSES = (string.ascii_uppercase, string.ascii_lowercase, string.digits)
_LEGIBLE = "abcdefghjkmnpqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789"  # without l, o, I, O, 0, 1


def hash_password(password: str) -> str:
    """A salted hash to be stored."""
    return HASHER.hash(password)


def is_password_of(stored: str, password: str) -> bool:
    """Whether a password belongs to a stored hash; takes as long where there is none."""
    try:
        return HASHER.verify(stored or _make_dummy_hash(HASHER), password) and bool(stored)
    except (VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def _make_dummy_hash(hasher: PasswordHasher) -> str:
    """A hash of the present costs that no one knows the password of, made once."""
    return hasher.hash(secrets.token_hex())


def list_faults(
    password: str, *, login: str, used: Sequence[str], policy: Policy, names: Sequence[str] = ()
) -> list[str]:
    """What is wrong with a new password, in sentences; none: it may be used.

    `used` are the hashes of the present and the former passwords, the newest first; `names` those of the
    person and of the centres, which anybody would try.
    """
    sentences = []
    if len(password) < policy.min_length:
        sentences.append(f"口令至少 {policy.min_length} 位，现在是 {len(password)} 位。")
    if len(password) > LONGEST:
        sentences.append(f"口令不能超过 {LONGEST} 位。")
    if count_classes(password) < policy.min_classes:
        sentences.append(f"口令须含大写字母、小写字母、数字、其他符号中的至少 {policy.min_classes} 种。")
    if login.lower() in password.lower():
        sentences.append("口令不能含有登录名。")
    if not sentences and is_known(password, (login, *names)):
        sentences.append(
            "这个口令太容易猜到：除去连号、键盘连键、重复、年份、常用词、登录名和中心名称，"
            "剩下的字符太少。请换一个。"
        )
    if not sentences and any(is_password_of(stored, password) for stored in used[: policy.former_refused]):
        sentences.append(f"不能使用最近 {policy.former_refused} 次用过的口令。")
    return sentences


def count_classes(password: str) -> int:
    """How many of upper case, lower case, digits and others there are."""
    found = {next((n for n, one in enumerate(_CLASSES) if sign in one), 3) for sign in password}
    return len(found)


def make_one_time_password() -> str:
    """A password to be read out once and changed at the first sign-in: four groups of four signs.

    The first three groups hold one class each, so that the rules are met whatever is drawn."""
    groups = ["".join(secrets.choice(signs) for _ in range(4)) for signs in (*_LEGIBLE, "".join(_LEGIBLE))]
    return "-".join(groups)
