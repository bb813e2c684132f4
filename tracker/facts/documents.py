"""Evidence documents: one row per document, withdrawn or not."""

import sqlalchemy as sa

from tracker.events.documents import DocumentAttached
from tracker.facts.fact import FactRow, FactTable, Slots, define_fact_table, to_day

documents = define_fact_table(
    "documents",
    (DocumentAttached,),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("about", sa.Text(collation="C"), nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("sm3", sa.Text),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("media_type", sa.Text, nullable=False),
    sa.Column("pages", sa.Integer),  # None: it has none
    sa.Column("attached_by", sa.Text, nullable=False),
    sa.Column("attached_at", sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column("attached_on", sa.Date, nullable=False, doc="上传日期"),
    sa.Column("withdrawn", sa.Boolean, nullable=False, doc="已撤销"),
)
sa.Index("documents_about", documents.c.center_id, documents.c.about)

_TOLD = (
    "document", "kind", "about", "title", "sha256", "sm3", "size", "media_type", "pages",
    "attached_by", "attached_at",
)  # fmt: skip


def _project_document(slots: Slots) -> list[FactRow]:
    if "" not in slots:
        return []
    data = slots[""].data
    return [(*(data[name] for name in _TOLD), to_day(data["attached_at"]), "withdrawn" in slots)]


DOCUMENTS = FactTable(table=documents, kind="document", days=("attached_on",), rows=_project_document)
FACTS = (DOCUMENTS,)
