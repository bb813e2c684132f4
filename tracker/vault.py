"""The vault of personal data: the log holds tokens, only this table holds names and numbers, encrypted.

Each centre has a data key of its own, wrapped by the instance's key, which lies outside the database. From
it follow the keys by which the centre's values are encrypted (AES-256-GCM), its files sealed
(`sealed_files.py`) and its tokens made (BLAKE2b): a caller can be recognised again without the number being
known, at this centre and no other. Numbers of eleven digits could be found by trying if the hash had no key.
"""

import hmac
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tracker.database import ANY_OF, Database, find_database, format_text_array, metadata
from tracker.pg_copy import copy_lines, escape_text
from tracker.settings import Settings
from tracker.vault_keys import read_keys

people = sa.Table(
    "people",
    metadata,
    sa.Column("center_id", sa.Text, primary_key=True),
    sa.Column("token", sa.Text(collation="C"), primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),  # phone | name | card | bank | plate
    sa.Column("value", sa.LargeBinary),  # nonce and ciphertext; None: erased
)
data_keys = sa.Table(
    "data_keys",
    metadata,
    sa.Column("center_id", sa.Text, primary_key=True),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),  # nonce and ciphertext under the instance's key
)

_COPY = "COPY people (center_id, token, kind, value) FROM STDIN"
_NONCE = 12  # bytes
_LONGEST_NAME = 20  # signs

TokenValues = dict[str, str]  # token, which begins with its kind → personal value


class VaultProblem(RuntimeError):
    """个人信息库打不开，原因见说明。"""


class Vault:
    """An instance's vault, closed: its key opens the part of each centre."""

    def __init__(self, key: bytes, earlier: Sequence[bytes] = ()):
        """`earlier`: keys by which some may still be wrapped, while the key is being changed."""
        self._keys = (key, *earlier)

    def of(self, connection: psycopg.Connection[Any], center: str) -> "CenterVault":
        """A centre's part, whose data key is made when it is first asked for. Raises: VaultProblem."""
        known = self.find(connection, center)
        if known is None:
            connection.execute(
                "INSERT INTO data_keys VALUES (%s, %s) ON CONFLICT DO NOTHING",
                (center, self._wrap(center, secrets.token_bytes(32))),
            )
            known = self.find(connection, center)
            assert known is not None
        return known

    def find(self, connection: psycopg.Connection[Any], center: str) -> "CenterVault | None":
        """A centre's part; None: it has no data key yet, or it was abandoned. Raises: VaultProblem."""
        found = connection.execute(_SELECT_KEY, (center,)).fetchone()
        return CenterVault(center, self._unwrap(center, found[0])) if found else None

    def read_values(
        self, connection: psycopg.Connection[Any], center: str, tokens: Sequence[str]
    ) -> Mapping[str, str | None]:
        """The personal values of tokens; None where erased. For people with the right to see them only.

        Raises: VaultProblem."""
        rows = connection.execute(
            "SELECT token, value, (SELECT wrapped FROM data_keys AS k WHERE k.center_id = p.center_id)"
            f" FROM people AS p WHERE center_id = %s AND token {ANY_OF}",
            (center, format_text_array(tokens)),
        ).fetchall()
        if not rows:
            return {}
        own = CenterVault(center, self._unwrap(center, rows[0][2]))
        return {token: own.open_value(token, value) for token, value, _ in rows}

    def rewrap(self, connection: psycopg.Connection[Any]) -> int:
        """Wraps every centre's data key by the newest of the instance's keys; gives their number.

        Values and tokens stay as they are. Raises: VaultProblem."""
        rows = connection.execute("SELECT center_id, wrapped FROM data_keys FOR UPDATE").fetchall()
        for center, wrapped in rows:
            connection.execute(
                "UPDATE data_keys SET wrapped = %s WHERE center_id = %s",
                (self._wrap(center, self._unwrap(center, wrapped)), center),
            )
        return len(rows)

    def derive_key(self, purpose: str) -> bytes:
        """A key of 32 bytes for another purpose; from it neither the vault's key nor another one is found."""
        return _derive(self._keys[0], purpose)

    def derive_keys(self, purpose: str) -> list[bytes]:
        """That key, and while the vault's key is being changed those of the former ones."""
        return [_derive(key, purpose) for key in self._keys]

    def _wrap(self, center: str, data_key: bytes) -> bytes:
        return _seal(AESGCM(self.derive_key("wrap data keys")), data_key, center)

    def _unwrap(self, center: str, wrapped: bytes) -> bytes:
        for key in self.derive_keys("wrap data keys"):
            try:
                return _open(AESGCM(key), wrapped, center)
            except InvalidTag:
                continue
        raise VaultProblem(
            f"中心“{center}”的个人信息库打不开：现在的密钥不是当初的那一个。"
            "请换回原来的密钥（HOTLINE_VAULT_KEY，或数据目录里的 keys/vault.key）；有备份的从备份恢复；"
            "确已丢失的，见 hotline vault abandon --help。"
        )


_SELECT_KEY = "SELECT wrapped FROM data_keys WHERE center_id = %s"


class CenterVault:
    """A centre's part of the vault: gives tokens for personal values and keeps the values apart."""

    def __init__(self, center: str, data_key: bytes):
        self.center = center
        self._data_key = data_key
        self._cipher = AESGCM(_derive(data_key, "values"))
        self._token_key = _derive(data_key, "tokens")
        self._digests: dict[str, Any] = {}  # kind → digest that the key and the kind have gone into
        self._new: TokenValues = {}

    def __reduce__(self) -> tuple[type["CenterVault"], tuple[str, bytes]]:
        """Another process gets the key, not what was met here."""
        return CenterVault, (self.center, self._data_key)

    def token(self, kind: str, value: str) -> str:
        """The token of a value; `kind` is phone, name, card, bank or plate."""
        if kind not in self._digests:
            self._digests[kind] = blake2b(f"{kind}:".encode(), key=self._token_key, digest_size=12)
        digest = self._digests[kind].copy()
        digest.update(value.encode())
        token = f"{kind}-{digest.hexdigest()}"
        self._new[token] = value
        return token

    def derive_file_key(self) -> bytes:
        """The key of 32 bytes by which the centre's files are sealed."""
        return _derive(self._data_key, "files")

    def salt(self, token: str) -> bytes:
        """What a commitment to a token's value is salted with: always the same, not known without the key."""
        return hmac.digest(self._data_key, f"commitment\0{token}".encode(), "sha256")

    def open_value(self, token: str, sealed: bytes | None) -> str | None:
        """A value as it was before it was encrypted. Raises: VaultProblem for one that was tampered with."""
        if sealed is None:
            return None
        try:
            return _open(self._cipher, sealed, token).decode()
        except InvalidTag:
            raise VaultProblem(f"脱敏标识 {token} 的值被改动过，或不是这个中心的；请从备份恢复。") from None

    def keep(self, connection: psycopg.Connection[Any], *, at_least: int = 1) -> None:
        """Writes the values met since the last time, if they are so many; under the lock of the log.

        Tokens lie anywhere in their index: the more are written together, in its order, the fewer of its
        pages are gone through again. A value that was erased stays so.
        """
        if len(self._new) < at_least:
            return
        tokens = sorted(self._new)
        rows = connection.execute(
            f"SELECT token FROM people WHERE center_id = %s AND token {ANY_OF}",
            (self.center, format_text_array(tokens)),
        )
        known_tokens = {token for (token,) in rows.fetchall()}
        copy_lines(connection, _COPY, self._lines(tokens, known_tokens))
        self._new.clear()

    def _lines(self, tokens: Iterable[str], but: Set[str]) -> Iterator[bytes]:
        start, values, cipher = escape_text(self.center), self._new, self._cipher
        for token in tokens:
            if token not in but:
                kind = token[: token.index("-")]
                sealed = _seal(cipher, values[token].encode(), token).hex()
                yield f"{start}\t{token}\t{kind}\t\\\\x{sealed}\n".encode()

    def holds_name(self, connection: psycopg.Connection[Any], text: str) -> bool:
        """Whether a text of some hundred signs holds a name that is kept here and was not erased."""
        signs = range(len(text))
        parts = {text[start : start + size] for start in signs for size in range(2, _LONGEST_NAME + 1)}
        asking = CenterVault(self.center, self._data_key)
        found = connection.execute(
            f"SELECT 1 FROM people WHERE center_id = %s AND value IS NOT NULL AND token {ANY_OF} LIMIT 1",
            (self.center, format_text_array(asking.token("name", part) for part in parts)),
        )
        return found.fetchone() is not None

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


def erase(connection: psycopg.Connection[Any], center: str, tokens: Sequence[str]) -> list[str]:
    """Erases the values of tokens for good; gives those that had one. Log and figures stay as they are."""
    rows = connection.execute(
        "UPDATE people SET value = NULL WHERE center_id = %s AND value IS NOT NULL"
        f" AND token {ANY_OF} RETURNING token",
        (center, format_text_array(tokens)),
    )
    return sorted(token for (token,) in rows.fetchall())


def abandon_values(connection: psycopg.Connection[Any], center: str) -> int:
    """Erases all values of a centre with the data key that nobody can unwrap; gives their number."""
    connection.execute("DELETE FROM data_keys WHERE center_id = %s", (center,))
    found = connection.execute(
        "UPDATE people SET value = NULL WHERE center_id = %s AND value IS NOT NULL", (center,)
    )
    return found.rowcount


def open_vault(settings: Settings) -> Vault:
    """The instance's vault; its key is made once, in a file that only the owner reads.

    Raises: KeyFileProblem."""
    key, *earlier = settings.vault_keys or read_keys(settings.home)
    return Vault(key, earlier)


_VAULTS: dict[Database, Vault] = {}


def use_vault(database: Database, vault: Vault) -> None:
    """Says whose vault takes the personal numbers in what this process appends to a database's logs."""
    _VAULTS[database] = vault


def find_vault(connection: psycopg.Connection[Any]) -> Vault | None:
    """The vault of the instance that a connection belongs to; None where nobody said which."""
    database = find_database(connection)
    if database is None:
        return None
    if database not in _VAULTS and database.settings is not None:
        use_vault(database, open_vault(database.settings))
    return _VAULTS.get(database)


def open_vault_of(connection: psycopg.Connection[Any], home: Path) -> Vault:
    """The vault of the instance that a connection belongs to; where nobody said which, that of its folder.

    Raises: KeyFileProblem."""
    return find_vault(connection) or open_vault(replace(Settings.read(), home=home))


def _derive(key: bytes, purpose: str) -> bytes:
    return blake2b(purpose.encode(), key=key, digest_size=32, person=b"derived key").digest()


def _seal(cipher: AESGCM, value: bytes, about: str) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return nonce + cipher.encrypt(nonce, value, about.encode())


def _open(cipher: AESGCM, sealed: bytes, about: str) -> bytes:
    """Raises: InvalidTag."""
    return cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], about.encode())
