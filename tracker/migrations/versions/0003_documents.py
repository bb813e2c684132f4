"""Documents, what must be on file, and control totals."""

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    pass
