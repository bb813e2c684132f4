"""People, roles, sessions and the audit trail."""

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    pass
