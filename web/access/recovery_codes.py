"""Recovery codes: what lets somebody in once whose phone is lost; shown once, kept as hashes.

Codes of 118 bits are kept as plain SHA-256, which nobody undoes by trying: a slow hash is for what people
choose, and with eight of them each try would cost eight. Source: OWASP ASVS 5.0, 6.5.2 (at least 112 bits).
"""

import hashlib
import secrets

COUNT = 8
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # without l, o, i, 0, 1
_GROUPS, _LONG = 6, 4


def make_recovery_codes() -> list[str]:
    """New codes, each six groups of four signs."""
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
