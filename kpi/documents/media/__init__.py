"""What a file is, found in its bytes and never in its name. `MEDIA` is the list of what is accepted."""

import json
from collections.abc import Callable
from pathlib import Path

from kpi.documents.media import packages, pdf, pictures, texts
from kpi.documents.media.medium import DocumentFormat, DocumentRefused, Medium
from tracker.sandbox import Channel, Limits, SandboxEnded, run

__all__ = ["MEDIA", "DocumentFormat", "DocumentRefused", "Medium", "examine"]

MEDIA: tuple[Medium, ...] = (pdf.PDF, *pictures.MEDIA, *packages.MEDIA, *texts.MEDIA)

_ACCEPTED = "、".join(dict.fromkeys(medium.title for medium in MEDIA))
_WORK = "kpi.documents.media:serve"
_REMEDY = "请用“打印为PDF”另存一份，或重新扫描，再上传。"
_START = 1024  # bytes; within them a PDF says what it is
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def examine(path: Path) -> DocumentFormat:
    """The format of a file and its pages, read through to its end in a process of its own.

    Raises: DocumentRefused for a format that is not accepted, a damaged or locked file, active content, or
    one that takes too much memory or time; OSError.
    """
    try:
        found = run(_WORK, str(path.absolute()), Limits.for_bytes(path.stat().st_size))
    except SandboxEnded as ended:
        raise DocumentRefused(ended.sentence("这份材料", _REMEDY)) from ended
    if "refused" in found:
        raise DocumentRefused(found["refused"])
    medium = next(medium for medium in MEDIA if medium.media_type == found["media_type"])
    return DocumentFormat(medium, found["pages"])


def serve(channel: Channel, path: str) -> None:
    """The process that reads: answers with media type and pages, or with why a file is refused."""
    found: dict[str, object]
    try:
        examined = _examine(Path(path))
        found = {"media_type": examined.medium.media_type, "pages": examined.pages}
    except DocumentRefused as refused:
        found = {"refused": str(refused)}
    channel.answer(json.dumps(found).encode())


def _examine(path: Path) -> DocumentFormat:
    """Raises: DocumentRefused."""
    with path.open("rb") as file:
        start = file.read(_START)
    reader = _find_examiner(start)
    if reader is None:
        raise DocumentRefused(f"认不出这份文件的格式；能收的有{_ACCEPTED}。请另存为其中一种再上传。")
    return reader(path)


def _find_examiner(start: bytes) -> Callable[[Path], DocumentFormat] | None:
    if not start:
        raise DocumentRefused("文件是空的。")
    if start.startswith(_OLD_OFFICE):
        raise DocumentRefused(
            "这是旧版Office文件（.doc、.xls），或有打开密码；请去掉密码，另存为DOCX、XLSX或PDF。"
        )
    if b"%PDF-" in start:
        return pdf.examine
    if start.startswith(b"PK\x03\x04"):
        return packages.examine
    if start.startswith(pictures.BEGINNINGS):
        return pictures.examine
    return texts.examine if texts.may_be(start) else None
