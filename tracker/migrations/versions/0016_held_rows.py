"""Days that rows held back may be of, whether they speak of known things, and rows of files that ask."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    for column in (
        sa.Column("first_day", sa.Date()),
        sa.Column("last_day", sa.Date()),
        sa.Column("known", sa.Boolean()),
    ):
        op.add_column("quarantine", column)
    op.execute("UPDATE quarantine SET first_day = day, last_day = day, known = true WHERE costs_row")
    op.execute(
        "UPDATE quarantine q SET first_day = h.first_day, last_day = h.last_day FROM"
        " (SELECT DISTINCT ON (center_id, subject) * FROM held_back"
        " ORDER BY center_id, subject, last_day - first_day DESC) h"
        " WHERE q.costs_row AND q.day IS NULL AND h.center_id = q.center_id"
        " AND h.subject = 'delivery/' || q.delivery"
    )
    op.add_column("held_back", sa.Column("known", sa.BigInteger()))
    op.execute("UPDATE held_back SET known = rows")  # nobody noted it: none of them is surely new
    op.alter_column("held_back", "known", nullable=False)
    op.add_column("held_back", sa.Column("asked", sa.Boolean(), nullable=False, server_default="false"))
    op.alter_column("held_back", "asked", server_default=None)
    op.drop_constraint("held_back_pkey", "held_back")
    op.create_primary_key(
        "held_back_pkey", "held_back", ["center_id", "subject", "source", "first_day", "last_day"]
    )
