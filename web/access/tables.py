"""Tables of access: who signs in, what they may, their sessions, and the trail of what they did."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from tracker.database import metadata

_TIME = sa.TIMESTAMP(timezone=True)
_NAME = sa.Text(collation="C")

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("login", _NAME, primary_key=True),  # never given to a second person
    sa.Column("name", sa.Text, nullable=False),  # as shown and signed
    sa.Column("password", sa.Text, nullable=False),  # argon2id; "" fits no password
    sa.Column("former", ARRAY(sa.Text), nullable=False),  # hashes of earlier passwords, the newest first
    sa.Column("password_changed_at", _TIME, nullable=False),
    sa.Column("must_change", sa.Boolean, nullable=False),  # the password was given by somebody else
    sa.Column("totp", sa.LargeBinary),  # secret of the second factor, encrypted; None: not set up
    sa.Column("totp_step", sa.BigInteger, nullable=False),  # of the last code used: a code holds once
    sa.Column("recovery_codes", ARRAY(sa.Text), nullable=False),  # SHA-256 of those not used yet
    sa.Column("failed", sa.Integer, nullable=False),  # failures in a row
    sa.Column("locked_until", _TIME),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("created_at", _TIME, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
)

account_resets = sa.Table(
    "account_resets",  # what one administrator asked for and another one confirms
    metadata,
    sa.Column("number", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("login", _NAME, sa.ForeignKey("accounts.login"), nullable=False, index=True),
    sa.Column("what", sa.Text, nullable=False),  # password | second_factor
    sa.Column("asked_by", _NAME, nullable=False),
    sa.Column("asked_at", _TIME, nullable=False),
    sa.Column("decided_by", _NAME),
    sa.Column("decided_at", _TIME),  # None: nobody has confirmed or dropped it
    sa.Column("confirmed", sa.Boolean),
)

erasure_requests = sa.Table(
    "erasure_requests",  # values of the vault that one administrator wants erased and another one confirms
    metadata,
    sa.Column("number", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("center_id", sa.Text, nullable=False),
    sa.Column("tokens", ARRAY(sa.Text), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("asked_by", _NAME, nullable=False),
    sa.Column("asked_at", _TIME, nullable=False),
    sa.Column("decided_by", _NAME),
    sa.Column("decided_at", _TIME),  # None: nobody has confirmed or dropped it
    sa.Column("confirmed", sa.Boolean),
)

grants = sa.Table(
    "grants",
    metadata,
    sa.Column("grant_id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("login", _NAME, sa.ForeignKey("accounts.login"), nullable=False, index=True),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("center", sa.Text),  # None: every centre
    sa.Column("years", ARRAY(sa.Integer)),  # None: every year
    sa.Column("first_day", sa.Date, nullable=False),
    sa.Column("end_day", sa.Date),  # the day after the last; None: until it is taken back
    sa.Column("granted_by", sa.Text, nullable=False),
    sa.Column("granted_at", _TIME, nullable=False),
    sa.Column("ended_by", sa.Text),
    sa.Column("ended_at", _TIME),  # None: not taken back
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("session", sa.Text, primary_key=True),  # SHA-256 of what the cookie holds
    sa.Column("login", _NAME, sa.ForeignKey("accounts.login"), nullable=False, index=True),
    sa.Column("created_at", _TIME, nullable=False),
    sa.Column("seen_at", _TIME, nullable=False),
    sa.Column("verified_at", _TIME),  # when the second factor was given
    sa.Column("ended_at", _TIME),
    sa.Column("end_reason", sa.Text),  # signed_out | idle | too_long | password | second_factor | closed
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("agent", sa.Text, nullable=False),
)

security_settings = sa.Table(
    "security_settings",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

api_tokens = sa.Table(
    "api_tokens",
    metadata,
    sa.Column("center_id", sa.Text, primary_key=True),
    sa.Column("token", sa.Text, primary_key=True),  # SHA-256 of what the machine sends
    sa.Column("name", sa.Text, nullable=False),  # which machine
    sa.Column("issued_by", sa.Text, nullable=False),
    sa.Column("issued_at", _TIME, nullable=False),
    sa.Column("scopes", ARRAY(sa.Text), nullable=False),  # what it may do
    sa.Column("expires_at", _TIME, nullable=False),
    sa.Column("replaced_at", _TIME),  # when a new one was issued in its place
    sa.Column("used_at", _TIME),  # to the minute
    sa.Column("revoked_at", _TIME),
)

attempt_counts = sa.Table(
    "attempt_counts",
    metadata,
    sa.Column("key", _NAME, primary_key=True),  # address, what was tried, and the limit
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("ends_at", _TIME, nullable=False),  # when the window is over
)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),  # 1, 2, 3 … without a gap
    sa.Column("at", _TIME, nullable=False),
    sa.Column("login", sa.Text),  # None: nobody known
    sa.Column("address", sa.Text, nullable=False),  # where the request came from; "" on the machine itself
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("about", sa.Text, nullable=False),  # what it was done to
    sa.Column("result", sa.Text, nullable=False),  # done | failed | refused
    sa.Column("data", sa.Text, nullable=False),  # canonical JSON, verbatim as hashed
    sa.Column("hash", sa.LargeBinary, nullable=False),
)
sa.Index("audit_at", audit.c.at)

audit_head = sa.Table(
    "audit_head",  # one row: where the trail ends
    metadata,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("hash", sa.LargeBinary, nullable=False),
)
