"""Closing months: states, lock exceptions, vintages and the codes of figures."""

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    pass
