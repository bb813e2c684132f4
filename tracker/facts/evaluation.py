"""Attested values, marks of experts and the schemes of years, as they hold."""

from typing import Any

import sqlalchemy as sa

from tracker.events.evaluation import ExpertMarked, IndicatorAttested, SchemeChosen
from tracker.facts.fact import FactRow, FactTable, Slots, define_fact_table

_TIME = sa.TIMESTAMP(timezone=True)

attestations = define_fact_table(
    "attestations",
    (IndicatorAttested,),
    sa.Column("scheme", sa.Text, nullable=False),
    sa.Column("period", sa.Text, nullable=False),
    sa.Column("indicator", sa.Text, nullable=False),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("attested_by", sa.Text, nullable=False),
    sa.Column("attested_at", _TIME, nullable=False),
    sa.Column("documents", sa.Text, nullable=False),  # hashes with a space between; empty: none
    sa.Column("remark", sa.Text),
    sa.Column("reason", sa.Text),
    title="填报指标",
)

expert_marks = define_fact_table(
    "expert_marks",
    (ExpertMarked,),
    sa.Column("scheme", sa.Text, nullable=False),
    sa.Column("period", sa.Text, nullable=False),
    sa.Column("indicator", sa.Text, nullable=False),
    sa.Column("expert", sa.Text, nullable=False),
    sa.Column("points", sa.Numeric, nullable=False),
    sa.Column("marked_at", _TIME, nullable=False),
    sa.Column("remark", sa.Text),
    title="专家打分",
)

chosen_schemes = define_fact_table(
    "chosen_schemes",
    (SchemeChosen,),
    sa.Column("period", sa.Text(collation="C"), nullable=False),  # 2023
    sa.Column("scheme", sa.Text, nullable=False),
    sa.Column("chosen_by", sa.Text, nullable=False),
    sa.Column("chosen_at", _TIME, nullable=False),
    title="各年度的评价方案",
)


def _project_attestation(slots: Slots) -> list[FactRow]:
    data: Any = slots[""].data
    names = ("scheme", "period", "indicator", "value", "unit", "attested_by", "attested_at")
    return [(*(data[name] for name in names), " ".join(data["documents"]), data["remark"], data["reason"])]


def _project_mark(slots: Slots) -> list[FactRow]:
    data = slots[""].data
    names = ("scheme", "period", "indicator", "expert", "points", "marked_at", "remark")
    return [tuple(data[name] for name in names)]


def _project_chosen_scheme(slots: Slots) -> list[FactRow]:
    data = slots[""].data
    return [tuple(data[name] for name in ("period", "scheme", "chosen_by", "chosen_at"))]


ATTESTATIONS = FactTable(table=attestations, kind="attestation", days=(), rows=_project_attestation)
EXPERT_MARKS = FactTable(table=expert_marks, kind="expert_mark", days=(), rows=_project_mark)
CHOSEN_SCHEMES = FactTable(table=chosen_schemes, kind="chosen_scheme", days=(), rows=_project_chosen_scheme)
FACTS = (ATTESTATIONS, EXPERT_MARKS, CHOSEN_SCHEMES)
