"""The second factor: a code of six digits that changes every 30 seconds, from an app on the phone.

Source: RFC 6238 (TOTP), as authenticator apps compute it.
"""

import secrets
from contextlib import suppress
from datetime import datetime

import pyotp
import segno
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tracker.vault import Vault

ISSUER = "12345热线指标"
_SECONDS = 30
_NONCE = 12
_DRIFT = (0, -1, 1)  # clocks may differ by one step


def make_secret() -> str:
    """A secret for an app, in base32."""
    return pyotp.random_base32()


def find_step(secret: str, code: str, *, now: datetime, last: int) -> int | None:
    """The time step that a code belongs to; None where it fits none, or one up to `last` that was used."""
    totp, current = pyotp.TOTP(secret), int(now.timestamp()) // _SECONDS
    wanted = code.replace(" ", "")
    for step in (current + drift for drift in _DRIFT):
        if step > last and secrets.compare_digest(totp.generate_otp(step).encode(), wanted.encode()):
            return step
    return None


def make_setup_address(secret: str, login: str) -> str:
    """What the QR code holds."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)


def draw_qr_code(secret: str, login: str) -> str:
    """The QR code as an SVG in a data: address, which the content policy allows for pictures."""
    return str(segno.make(make_setup_address(secret, login), micro=False).svg_data_uri(scale=4, border=2))


def seal_secret(vault: Vault, login: str, secret: str) -> bytes:
    """A secret as it is stored: encrypted under the instance's key, for this person alone."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(vault.derive_key("totp")).encrypt(nonce, secret.encode(), login.encode())


def open_secret(vault: Vault, login: str, stored: bytes) -> str | None:
    """The secret; None where the instance's key is no longer the one it was sealed by."""
    for cipher in map(AESGCM, vault.derive_keys("totp")):
        with suppress(InvalidTag):
            return cipher.decrypt(stored[:_NONCE], stored[_NONCE:], login.encode()).decode()
    return None
