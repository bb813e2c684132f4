"""Salted commitments to personal values: a package binds each token of its log to a value it does not show.

A commitment is SHA-256(salt ‖ value), the value as UTF-8. The salts stay with the centre; a disclosure hands
over single ones, and neither the vault's key nor any other value.
"""

from collections.abc import Mapping
from hashlib import sha256

import sqlalchemy as sa

from kpi.offline.duck import Duck
from tracker.personal_numbers import TOKEN

commitments = sa.Table(
    "commitments",
    sa.MetaData(),
    sa.Column("token", sa.Text),
    sa.Column("commitment", sa.Text),  # hexadecimal; None: the value has been erased
)

SALT_BYTES = 32


def make_commitment(salt: bytes, value: str) -> str:
    """Binds to a value without showing it."""
    return sha256(salt + value.encode()).hexdigest()


def list_tokens(duck: Duck) -> list[str]:
    """Every token that the log mentions, also within a text, in order."""
    found = duck.sql(
        f"SELECT DISTINCT unnest(regexp_extract_all(data, '{TOKEN}')) AS token FROM log ORDER BY token"
    )
    return [str(token) for (token,) in found]


def add_commitments(duck: Duck, salts: Mapping[str, bytes], values: Mapping[str, str | None]) -> None:
    """Makes the table: a row for each token, in order."""
    duck.create(commitments)
    rows = []
    for token, salt in sorted(salts.items()):
        value = values.get(token)
        rows.append((token, None if value is None else make_commitment(salt, value)))
    duck.insert(commitments, rows)
