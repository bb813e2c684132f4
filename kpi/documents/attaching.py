"""Attaching a file to what it proves, and withdrawing it."""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa

from kpi.documents.media import DocumentFormat, DocumentRefused, examine
from kpi.documents.shelf import Document, find_document
from kpi.documents.subjects import AttachmentTarget, find_target
from tracker import chain, log
from tracker.blob_store import DOCUMENTS, FileStore, StoredFile, hash_file
from tracker.database import execute
from tracker.events.documents import KINDS, DocumentAttached, DocumentWithdrawn
from tracker.facts.documents import documents
from tracker.log.tables import events
from tracker.personal_text import find_numbers
from tracker.vault import find_vault, open_vault_of

_LONGEST_TITLE = 100

Connection = psycopg.Connection[Any]


class AttachingProblem(ValueError):
    """材料不能上传或撤销，原因见说明。"""


@dataclass(frozen=True)
class Attachment:
    """What became of a file."""

    event: DocumentAttached
    label: str  # what it is attached to, in words
    added: bool  # False: the same bytes were attached to the same thing before

    @property
    def pages(self) -> int | None:
        return self.event.pages


@dataclass(frozen=True)
class ExaminedFile:
    """A stored file, and what was found in it."""

    stored: StoredFile
    document_format: DocumentFormat
    sm3: str | None  # None: this machine cannot compute it


def attach(
    connection: Connection,
    home: Path,
    center: str,
    path: Path,
    *,
    to: str,
    kind: str,
    by: str,
    limit: int,
    now: datetime,
    title: str | None = None,
) -> Attachment:
    """Keeps a file of up to `limit` bytes and says in the log what it proves.

    The same bytes of the same kind on the same thing add nothing. The title is the person's, by default
    the kind and the thing; the file's own name goes nowhere.

    Raises: AttachingProblem, TargetProblem, DocumentRefused, VaultProblem, OSError.
    """
    if kind not in KINDS:
        raise AttachingProblem(f"没有“{kind}”这种材料；可用的有{_list_kinds()}。")
    if not by.strip():
        raise AttachingProblem("请写明上传人。")
    target = find_target(connection, center, to)
    title = _check_title(connection, center, title or f"{KINDS[kind]} {target.label}")
    _check_size(path, limit)
    vault = open_vault_of(connection, home).of(connection, center)
    store = FileStore(home, DOCUMENTS, center, vault)
    stored = store.keep(connection, path)
    try:
        with connection.transaction(), store.open_copy(stored.sha256) as plain:
            examined = ExaminedFile(stored, examine(plain), _compute_sm3(plain))
            return _record(connection, center, examined, target, kind, title, by.strip(), now)
    except BaseException:
        store.discard(connection, stored.sha256)
        raise


def withdraw(
    connection: Connection, center: str, number: str, *, reason: str, by: str, now: datetime
) -> Document:
    """Says that a document no longer counts. Raises: ShelfProblem, AttachingProblem."""
    document = find_document(connection, center, number)
    if not reason.strip() or not by.strip():
        raise AttachingProblem("撤销材料必须写明理由和经办人。")
    if document.withdrawn:
        raise AttachingProblem(f"材料{document.document}已经撤销。")
    event = DocumentWithdrawn(
        document=document.document, reason=reason.strip(), withdrawn_by=by.strip(), withdrawn_at=now
    )
    with log.appending(connection, center, delivery=None, as_of=now, recorded_at=now) as appending:
        appending.add([(event, None)])
    return document


def _record(
    connection: Connection,
    center: str,
    examined: ExaminedFile,
    target: AttachmentTarget,
    kind: str,
    title: str,
    by: str,
    now: datetime,
) -> Attachment:
    stored, document_format = examined.stored, examined.document_format
    with log.appending(connection, center, delivery=None, as_of=now, recorded_at=now) as appending:
        event = DocumentAttached(
            document=_assign_number(connection, center, stored.sha256),
            kind=kind,
            about=target.about,
            title=title,
            sha256=stored.sha256,
            sm3=examined.sm3,
            size=stored.size,
            media_type=document_format.medium.media_type,
            pages=document_format.pages,
            attached_by=by,
            attached_at=now,
        )
        for document, about, of_kind in _find_attached(connection, center, stored.sha256):
            if (about, of_kind) == (target.about, kind):
                return Attachment(replace(event, document=document), target.label, added=False)
        appending.add([(event, None)])
    return Attachment(event, target.label, added=True)


def _find_attached(connection: Connection, center: str, sha256: str) -> list[tuple[str, str, str]]:
    """Number, thing and kind of the documents with these bytes that count."""
    table = documents.c
    counting = sa.and_(table.center_id == center, table.sha256 == sha256, ~table.withdrawn)
    known = sa.select(table.document, table.about, table.kind).where(
        counting, sa.func.starts_with(table.document, sha256[:16])
    )
    return execute(connection, known.order_by(table.attached_at)).fetchall()


def _assign_number(connection: Connection, center: str, sha256: str) -> str:
    """The number of a new document of these bytes: counted from the second one on, never used again."""
    base = sha256[:16]
    subject = events.c.subject
    numbered = sa.and_(subject >= f"document/{base}", subject < f"document/{base}~")
    used = sa.select(subject).distinct().where(events.c.center_id == center, numbered)
    taken = len(execute(connection, used).fetchall())
    return f"{base}-{taken + 1}" if taken else base


def _check_title(connection: Connection, center: str, title: str) -> str:
    """Raises: AttachingProblem for a title that is too long, or tells a name or number."""
    title = " ".join(title.split())
    if not title.isprintable() or len(title) > _LONGEST_TITLE:
        raise AttachingProblem(f"标题应为{_LONGEST_TITLE}字以内的一行文字。")
    if find_numbers(title) or _holds_name(connection, center, title):
        raise AttachingProblem("标题里有人员姓名、电话或证件号码；标题会长期保存并对外提供，请改用工号。")
    return title


def _holds_name(connection: Connection, center: str, title: str) -> bool:
    """Whether a title holds a name of the vault, of which only tokens can be looked up."""
    vault = find_vault(connection)
    return vault is not None and vault.of(connection, center).holds_name(connection, title)


def _check_size(path: Path, limit: int) -> None:
    if not path.is_file():
        raise AttachingProblem(f"“{path.name}”不是文件。")
    if path.stat().st_size > limit:
        raise DocumentRefused(
            f"文件有{path.stat().st_size / (1 << 20):.1f} MB，超过{limit >> 20} MB的上限；"
            "请降低扫描分辨率或分成几份，也可由管理员调大 HOTLINE_DOCUMENT_MB。"
        )


def _compute_sm3(path: Path) -> str | None:
    try:
        chain.check_available("sm3")
    except chain.DigestUnavailable:
        return None
    return hash_file(path, "sm3")


def _list_kinds() -> str:
    return "、".join(f"{kind}（{title}）" for kind, title in KINDS.items())
