"""Plain text and CSV in a known encoding: UTF-8, UTF-16 with a mark, GB18030."""

import codecs
import csv
import re
from pathlib import Path

from kpi.documents.media.medium import DocumentFormat, DocumentRefused, Medium

_CSV = Medium("CSV", "text/csv")
_TEXT = Medium("TXT", "text/plain")
MEDIA = (_CSV, _TEXT)

_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
_LOOKED_AT = 20  # lines


def may_be(start: bytes) -> bool:
    """Whether a file that begins so may be text."""
    return start.startswith(_MARKS) or b"\x00" not in start


def examine(path: Path) -> DocumentFormat:
    """A text without control characters; it has no pages. Raises: DocumentRefused."""
    text = _decode(path.read_bytes())
    if text is None or _CONTROL.search(text):
        raise DocumentRefused("认不出这份文件的格式或文字编码；文本请存成UTF-8或GB18030，其余请另存为PDF。")
    if not text.strip():
        raise DocumentRefused("文件里没有文字。")
    if text.lstrip().startswith("<"):
        raise DocumentRefused("网页和XML可能带有脚本，不能收；请打印为PDF再上传。")
    return DocumentFormat(_CSV if _is_table(text) else _TEXT, None)


def _decode(raw: bytes) -> str | None:
    encodings = ("utf-16",) if raw.startswith(_MARKS[1:]) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _is_table(text: str) -> bool:
    """Two lines or more that commas or tabs cut into the same number of cells."""
    lines = text.splitlines()[:_LOOKED_AT]
    for delimiter in (",", "\t"):
        try:
            widths = {len(row) for row in csv.reader(lines, delimiter=delimiter) if row}
        except csv.Error:
            continue
        if len(lines) > 1 and len(widths) == 1 and widths.pop() > 1:
            return True
    return False
