"""Recovery codes: what lets somebody in once whose phone is lost; shown once, kept as hashes."""

import hashlib
import secrets

COUNT = 8
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # without l, o, i, 0, 1
_GROUPS, _LONG = 3, 5  # 74 bits: a plain hash is enough


def make_recovery_codes() -> list[str]:
    """New codes, each three groups of five signs."""
    return ["-".join(_draw_group() for _ in range(_GROUPS)) for _ in range(COUNT)]


def hash_recovery_code(code: str) -> str:
    """What is kept of a code, however it is spaced and written."""
    signs = "".join(sign for sign in code.lower() if sign in _LETTERS)
    return hashlib.sha256(signs.encode()).hexdigest()


def is_recovery_code(text: str) -> bool:
    """Whether what was typed is meant as one: longer than a code of the app."""
    return len("".join(sign for sign in text if sign.isalnum())) > 6


def _draw_group() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(_LONG))
