"""Evidence documents in a package: all are registered; those that name people stay with the centre."""

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from kpi.documents.suffixes import find_suffix
from kpi.handover.package.layout import dump_csv
from kpi.offline import Replay
from tracker.events.documents import IMPERSONAL, KINDS
from tracker.facts.documents import documents

_HEADER = (
    "编号", "类别", "关于", "标题", "SHA-256", "SM3", "字节", "格式", "页数", "上传人", "上传时间", "原件",
)  # fmt: skip


class DocumentRecord(NamedTuple):
    """One document as the log knows it."""

    document: str
    kind: str  # one of KINDS
    about: str
    title: str
    sha256: str
    sm3: str | None
    size: int
    media_type: str
    pages: int | None
    attached_by: str
    attached_at: datetime
    withdrawn: bool

    @property
    def enclosed(self) -> bool:
        """Whether its file leaves the centre."""
        return self.kind in IMPERSONAL and not self.withdrawn

    @property
    def file_name(self) -> str:
        """What its file is called in the package."""
        return f"{self.sha256}{find_suffix(self.media_type)}"

    @property
    def whereabouts(self) -> str:
        if self.withdrawn:
            return "已撤销，不作证明"
        return "在包内" if self.enclosed else "涉及个人，留存中心；现场调阅后凭 SHA-256 核对"


def read_document_records(replay: Replay) -> list[DocumentRecord]:
    """All documents in the order of attaching."""
    rows = sa.select(*(documents.c[name] for name in DocumentRecord._fields))
    ordered = rows.order_by(documents.c.attached_at, documents.c.document)
    return [DocumentRecord._make(row) for row in replay.duck.execute(ordered)]


def write_documents_table(replay: Replay) -> bytes:
    """The register of documents."""
    return dump_csv(
        _HEADER,
        (
            (
                *(one.document, KINDS.get(one.kind, one.kind), one.about, one.title, one.sha256, one.sm3),
                *(one.size, one.media_type, one.pages, one.attached_by),
                *(one.attached_at.isoformat(), one.whereabouts),
            )
            for one in read_document_records(replay)
        ),
    )
