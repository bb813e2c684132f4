"""What payments, budget, people and answers tell beside: acceptance, year, 大专, questionnaire."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.add_column("staff", sa.Column("college", sa.Boolean()))
    op.add_column(
        "payments",
        sa.Column("item_folded", sa.Text(collation="C"), nullable=False, server_default=""),
    )
    op.alter_column("payments", "item_folded", server_default=None)
    for name in ("for_month", "goods_accepted_on"):
        op.add_column("payments", sa.Column(name, sa.Date()))
    op.add_column(
        "survey_answers", sa.Column("survey", sa.Text(collation="C"), nullable=False, server_default="")
    )
    op.alter_column("survey_answers", "survey", server_default=None)
    op.add_column("payments", sa.Column("on_time_rolled", sa.Boolean()))
    op.add_column("budget", sa.Column("placed_on", sa.Date()))
    op.add_column("budget", sa.Column("budget_year", sa.Integer()))
    op.add_column("budget", sa.Column("unknown", sa.Text(), nullable=False, server_default=""))
    op.alter_column("budget", "unknown", server_default=None)
