"""The documents of a centre: listed, found by number or hash, taken out, checked."""

import re
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from kpi.documents.media import find_suffix
from tracker.blob_store import hash_file, locate_file
from tracker.events.documents import KINDS

_SHORTEST = 4  # digits by which a document may be named
_COLUMNS = (
    "document, kind, about, title, sha256, sm3, size, media_type, pages, attached_by, attached_at, withdrawn,"
    " seq"
)
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
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM documents WHERE center_id = %(center)s"
        " AND (%(about)s::text IS NULL OR about = %(about)s) AND (%(kind)s::text IS NULL OR kind = %(kind)s)"
        " AND (%(all)s OR NOT withdrawn) ORDER BY attached_at, document",
        {"center": center, "about": about, "kind": kind, "all": with_withdrawn},
    )
    return [Document(*row) for row in rows]


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


def export_document(home: Path, document: Document, to: Path) -> Path:
    """Copies a document's bytes, as they were attached, into a folder or to a new file.

    Raises: ShelfProblem when they are missing or altered, or the file is there already.
    """
    fault = find_fault(home, document)
    if fault:
        raise ShelfProblem(fault.sentence)
    target = to / build_file_name(document) if to.is_dir() else to
    try:
        with file_of(home, document).open("rb") as source, target.open("xb") as copy:
            shutil.copyfileobj(source, copy)
    except FileExistsError:
        raise ShelfProblem(f"{target} 已经存在；请另写一个文件名。") from None
    except OSError as problem:
        raise ShelfProblem(f"{target} 写不进去：{problem.strerror}。") from problem
    return target


def check_documents(home: Path, documents: list[Document]) -> list[StorageFault]:
    """Reads every stored file again; gives those that are missing or not what was attached."""
    return [fault for document in documents if (fault := find_fault(home, document))]


def find_fault(home: Path, document: Document) -> StorageFault | None:
    """What is wrong with a document's stored file; None where it is whole."""
    subject = f"材料{document.document}（{document.title}）的文件"
    try:
        digest = hash_file(file_of(home, document), "sha256")
    except OSError:
        return StorageFault(document, f"{subject}不在存放处；请从备份恢复，或重新上传同一份文件。")
    if digest != document.sha256:
        return StorageFault(
            document,
            f"{subject}被改动过：登记的SHA-256是{document.sha256}，现在是{digest}；请从备份恢复原件。",
        )
    return None


def file_of(home: Path, document: Document) -> Path:
    """Where a document's bytes are kept."""
    return locate_file(home / "documents", document.sha256)


def build_file_name(document: Document) -> str:
    """A name for a copy: the title, without anything that leads elsewhere, and the number."""
    title = _UNSAFE.sub("_", document.title).strip("._") or "材料"
    return f"{title[:60]}_{document.document}{find_suffix(document.media_type)}"


def _find_by_prefix(connection: psycopg.Connection[Any], center: str, number: str) -> list[Document]:
    if len(number) < _SHORTEST:
        raise ShelfProblem(f"材料编号至少写{_SHORTEST}位，例如 hotline documents list 列出的那样。")
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM documents WHERE center_id = %(center)s"
        " AND (starts_with(document, %(number)s) OR starts_with(sha256, %(number)s))"
        " ORDER BY withdrawn, attached_at, document",
        {"center": center, "number": number.strip().lower()},
    )
    candidates = [Document(*row) for row in rows]
    if not candidates:
        raise ShelfProblem(f"没有编号以“{number}”开头的材料；hotline documents list 列出全部编号。")
    return candidates
