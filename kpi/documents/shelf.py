"""The documents of a centre: listed, found by number or hash, checked."""

import re
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg.rows import class_row

from kpi.documents.suffixes import find_suffix
from tracker import blob_store
from tracker.blob_store import DOCUMENTS, Damage, FileStore
from tracker.database import execute
from tracker.events.documents import KINDS
from tracker.facts.documents import documents

_DAMAGES = {
    Damage.MISSING: "不在存放处；请从备份恢复，或重新上传同一份文件。",
    Damage.ALTERED: "被改动过或已损坏，与登记的SHA-256不符；请从备份恢复原件。",
    Damage.LOCKED: "解不开，加密它的密钥已销毁或更换；请重新上传同一份文件。",
}
_SHORTEST = 4  # digits by which a document may be named
_UNSAFE = re.compile(r'[\\/:*?"<>|\s]+')


class ShelfProblem(LookupError):
    """没有这份材料，或它的文件不能用。"""


@dataclass(frozen=True)
class Document:
    """One document as the log knows it."""

    document: str
    kind: str  # one of tracker.events.documents.KINDS
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
    seq: int  # the event that holds

    @property
    def kind_title(self) -> str:
        return KINDS[self.kind]


@dataclass(frozen=True)
class StorageFault:
    """What is wrong with the stored file of a document."""

    document: Document
    sentence: str


def read_documents(
    connection: psycopg.Connection[Any],
    center: str,
    *,
    about: str | None = None,
    kind: str | None = None,
    with_withdrawn: bool = False,
) -> list[Document]:
    """A centre's documents in the order of attaching, all or those of a thing or kind."""
    asked = {"about": about, "kind": kind, "withdrawn": None if with_withdrawn else False}
    chosen = [documents.c[name] == value for name, value in asked.items() if value is not None]
    return _read(connection, center, sa.and_(sa.true(), *chosen))


def find_document(connection: psycopg.Connection[Any], center: str, number: str) -> Document:
    """The document of this number, or the only one whose number or hash begins so. Raises: ShelfProblem."""
    candidates = _find_by_prefix(connection, center, number)
    exact = [one for one in candidates if one.document == number]
    if len(exact or candidates) > 1:
        numbers = "、".join(f"{one.document}（{one.title}）" for one in candidates[:5])
        raise ShelfProblem(f"以“{number}”开头的材料不止一份：{numbers}；请写全编号。")
    return (exact or candidates)[0]


def find_bytes(connection: psycopg.Connection[Any], center: str, number: str) -> Document:
    """A document whose number or hash begins so, where all that do are the same bytes.

    Raises: ShelfProblem."""
    candidates = _find_by_prefix(connection, center, number)
    if len({one.sha256 for one in candidates}) > 1:
        return find_document(connection, center, number)
    return next((one for one in candidates if one.document == number), candidates[0])


def find_store(connection: psycopg.Connection[Any], home: Path, center: str) -> FileStore:
    """Where a centre's documents are kept. Raises: VaultProblem, KeyFileProblem."""
    return blob_store.find_store(connection, home, DOCUMENTS, center)


def check_documents(store: FileStore, documents: list[Document]) -> list[StorageFault]:
    """Reads every stored file again; gives those that are missing or not what was attached."""
    return [fault for document in documents if (fault := find_fault(store, document))]


def find_fault(store: FileStore, document: Document) -> StorageFault | None:
    """What is wrong with a document's stored file; None where it is whole."""
    subject = f"材料{document.document}（{document.title}）的文件"
    damage = store.find_damage(document.sha256)
    return None if damage is None else StorageFault(document, f"{subject}{_DAMAGES[damage]}")


def build_file_name(document: Document) -> str:
    """A name for a copy: the title, without anything that leads elsewhere, and the number."""
    title = _UNSAFE.sub("_", document.title).strip("._") or "材料"
    return f"{title[:60]}_{document.document}{find_suffix(document.media_type)}"


def _read(
    connection: psycopg.Connection[Any], center: str, condition: sa.ColumnElement[bool]
) -> list[Document]:
    columns = (documents.c[one.name] for one in fields(Document))
    chosen = sa.select(*columns).where(documents.c.center_id == center, condition)
    in_order = chosen.order_by(documents.c.attached_at, documents.c.document)
    return execute(connection, in_order, class_row(Document)).fetchall()


def _find_by_prefix(connection: psycopg.Connection[Any], center: str, number: str) -> list[Document]:
    if len(number) < _SHORTEST:
        raise ShelfProblem(f"材料编号至少写{_SHORTEST}位；页面“佐证材料”列出全部编号。")
    begins = number.strip().lower()
    named = (sa.func.starts_with(column, begins) for column in (documents.c.document, documents.c.sha256))
    candidates = sorted(_read(connection, center, sa.or_(*named)), key=lambda one: one.withdrawn)
    if not candidates:
        raise ShelfProblem(f"没有编号以“{number}”开头的材料；页面“佐证材料”列出全部编号。")
    return candidates
