"""A web page in a single file (MHT), as browsers and Excel save one; its HTML parts hold the tables."""

import email
import io
import re
from collections.abc import Iterator
from email import policy
from email.message import Message
from typing import BinaryIO

from tracker.tabular.html import LARGEST, open_html
from tracker.tabular.merged_cells import MemoryTable
from tracker.tabular.source import ByteSource
from tracker.tabular.table import FileRefused, NoTable

_FIELD = re.compile(rb"(?:[A-Za-z][A-Za-z-]*:[^\n]*\n(?:[ \t][^\n]*\n)*)*?MIME-Version:", re.IGNORECASE)
_NOTHING = "这是单个文件网页（mht），里面没有表格；请从原系统重新导出，或用 Excel 打开后另存为 xlsx，再导入。"


class _Part:
    """The bytes of one part, in memory."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self.size = max(len(content), 1)

    def open(self) -> BinaryIO:
        return io.BytesIO(self._content)

    def open_seekable(self) -> BinaryIO:
        return io.BytesIO(self._content)

    def end(self, length: int) -> bytes:
        return self._content[-length:]


def is_mht(start: bytes) -> bool:
    """Whether a file that begins so is a web page in a single file."""
    return _FIELD.match(start.removeprefix(b"\xef\xbb\xbf").lstrip()) is not None


def open_mht(source: ByteSource, encoding: str | None) -> list[MemoryTable]:
    """The tables of all its HTML parts, numbered through.

    Raises: NoTable for a page without any, FileRefused for one that is too large or broken."""
    if source.size > LARGEST:
        raise FileRefused(f"单个文件网页（mht）超过 {LARGEST >> 20} MB；请用 Excel 打开后另存为 CSV 再导入。")
    with source.open() as file:
        message = email.message_from_bytes(file.read().lstrip(b"\xef\xbb\xbf \t\r\n"), policy=policy.compat32)
    found: list[MemoryTable] = []
    for part, said in _find_pages(message):
        try:
            found += open_html(part, encoding or said)
        except NoTable:
            continue
    if not found:
        raise NoTable(_NOTHING)
    for number, table in enumerate(found, 1):
        table.number = number
        table.sheet = f"网页中的第 {number} 张表" if len(found) > 1 else None
    return found


def _find_pages(message: Message) -> Iterator[tuple[_Part, str | None]]:
    """The HTML parts with the encoding that each is said to be in. Raises: FileRefused."""
    try:
        parts = [part for part in message.walk() if part.get_content_type() == "text/html"]
    except RecursionError as problem:
        raise FileRefused(
            "单个文件网页（mht）套得太深，读不下去；请用 Excel 打开后另存为 xlsx，再导入。"
        ) from problem
    for part in parts:
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            yield _Part(content), _find_codec(part.get_content_charset())


def _find_codec(charset: str | None) -> str | None:
    """The codec of a declared encoding: of GBK the one that holds it; None for ASCII and unknown ones."""
    name = (charset or "").lower()
    if name in ("gb2312", "gbk", "gb18030"):
        return "gb18030"
    return name if name in ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "big5") else None
