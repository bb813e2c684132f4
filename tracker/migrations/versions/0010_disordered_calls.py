"""Calls whose times contradict each other are found without reading the others."""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.execute(
        "CREATE INDEX calls_disordered ON calls (center_id, entered_on)"
        " WHERE answered_at < queued_at OR ended_at < entered_at"
    )
