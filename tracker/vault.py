"""The vault of personal data: the log holds tokens, only this table holds names and numbers.

A token is a keyed hash (BLAKE2b), so that a caller can be recognised again without the number being known;
numbers of eleven digits could be found by trying if the hash had no key.
"""

import hmac
import secrets
from collections.abc import Iterable, Iterator, Mapping, Set
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa

from tracker.database import ANY_OF, format_text_array, make_data_folder, metadata
from tracker.file_writing import write_bytes
from tracker.pg_copy import copy_lines, escape_text
from tracker.settings import Settings

people = sa.Table(
    "people",
    metadata,
    sa.Column("center_id", sa.Text, primary_key=True),
    sa.Column("token", sa.Text(collation="C"), primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),  # phone | name | card
    sa.Column("value", sa.Text),  # None: erased
)

_COPY = "COPY people (center_id, token, kind, value) FROM STDIN"

_KEY_BYTES = 32

TokenValues = dict[str, str]  # token, which begins with its kind → personal value


class VaultProblem(RuntimeError):
    """个人信息密钥不能用。"""


class Vault:
    """Gives tokens for personal values and keeps the values apart."""

    def __init__(self, key: bytes):
        self._key = key
        self._digests: dict[str, Any] = {}  # kind → digest that the key and the kind have gone into
        self._new: TokenValues = {}

    def __reduce__(self) -> tuple[type["Vault"], tuple[bytes]]:
        """Another process gets the key, not what was met here."""
        return Vault, (self._key,)

    def token(self, kind: str, value: str) -> str:
        """The token of a value; `kind` is phone, name or card."""
        if kind not in self._digests:
            self._digests[kind] = blake2b(f"{kind}:".encode(), key=self._key, digest_size=12)
        digest = self._digests[kind].copy()
        digest.update(value.encode())
        token = f"{kind}-{digest.hexdigest()}"
        self._new[token] = value
        return token

    def salt(self, center: str, token: str) -> bytes:
        """What a commitment to a token's value is salted with: always the same, not known without the key."""
        return hmac.digest(self._key, f"commitment\0{center}\0{token}".encode(), "sha256")

    def keep(self, connection: psycopg.Connection[Any], center: str, *, at_least: int = 1) -> None:
        """Writes the values met since the last time, if they are so many; under the lock of the log.

        Tokens lie anywhere in their index: the more are written together, in its order, the fewer of its
        pages are gone through again.
        """
        if len(self._new) < at_least:
            return
        tokens = sorted(self._new)
        rows = connection.execute(
            f"SELECT token FROM people WHERE center_id = %s AND token {ANY_OF}",
            (center, format_text_array(tokens)),
        )
        known_tokens = {token for (token,) in rows.fetchall()}
        copy_lines(connection, _COPY, self._lines(center, tokens, known_tokens))
        self._new.clear()

    def _lines(self, center: str, tokens: Iterable[str], but: Set[str]) -> Iterator[bytes]:
        start, values = escape_text(center), self._new
        for token in tokens:
            if token not in but:
                kind = token[: token.index("-")]
                yield f"{start}\t{token}\t{kind}\t{escape_text(values[token])}\n".encode()

    def make_fresh(self) -> "Vault":
        """A vault of the same key that has met nothing: imports that run side by side have their own."""
        return Vault(self._key)

    def derive_key(self, purpose: str) -> bytes:
        """A key of 32 bytes for another purpose; from it neither the vault's key nor another one is found."""
        return blake2b(purpose.encode(), key=self._key, digest_size=32, person=b"derived key").digest()

    def met(self) -> TokenValues:
        """Hands over what was met since the last call."""
        new, self._new = self._new, {}
        return new

    def remember(self, met: TokenValues) -> None:
        """Takes in what another process's vault of the same key met."""
        self._new.update(met)

    def forget(self) -> None:
        """Drops what was met but not written."""
        self._new.clear()


def read_values(
    connection: psycopg.Connection[Any], center: str, tokens: list[str]
) -> Mapping[str, str | None]:
    """The personal values of tokens; None where erased. For people with the right to see them only."""
    rows = connection.execute(
        f"SELECT token, value FROM people WHERE center_id = %s AND token {ANY_OF}",
        (center, format_text_array(tokens)),
    )
    return dict(rows.fetchall())


def open_vault(settings: Settings) -> Vault:
    """The instance's vault; its key is made once, in a file that only the owner reads.

    Raises: VaultProblem, OSError."""
    return Vault(settings.vault_key or _read_key_file(make_data_folder(settings, "keys") / "vault.key"))


def _read_key_file(path: Path) -> bytes:
    if not path.exists():
        with suppress(FileExistsError):  # another process was faster
            write_bytes(path, secrets.token_hex(_KEY_BYTES).encode(), private=True, replace=False)
    try:
        key = bytes.fromhex(path.read_text("ascii"))
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise VaultProblem(f"个人信息密钥文件 {path} 已损坏；请从备份恢复它，不要另造一个。")
    return key
