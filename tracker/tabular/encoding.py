"""Which character encoding a text file is in: UTF-8, UTF-16 or GB18030 (which holds GBK and GB2312)."""

import codecs

from tracker.tabular.source import ByteSource
from tracker.tabular.table import FileRefused

ENCODINGS = {  # what a person may say that a file is in
    "utf-8-sig": "UTF-8",
    "gb18030": "GB18030（含 GBK、GB2312）",
    "utf-16-le": "UTF-16（小端）",
    "utf-16-be": "UTF-16（大端）",
    "big5": "Big5（繁体）",
}

_CHUNK = 1 << 20
_PROBE = 1 << 16
_SPARSE = 50  # fewer nulls than one in so many bytes are damage, not UTF-16
_ENOUGH = 8  # so many valid multi-byte characters are no accident in a file that is not UTF-8


def detect_encoding(source: ByteSource) -> str:
    """A codec name for `open`; "utf-8" also when single later bytes are broken.

    Raises: FileRefused for a file that is marked as UTF-8 and written in another encoding."""
    with source.open() as file:
        start = file.read(_PROBE)
        by_mark = _detect_by_mark(start) or _detect_by_nulls(start)
        if by_mark == "utf-8-sig" and not _is_utf_8(start):
            raise FileRefused(
                "文件开头的标记说是 UTF-8，里面的文字却是别的编码，多半是 GB18030（GBK）。"
                "请从导出系统重新导出，或用记事本打开、核对文字后另存为 UTF-8。"
            )
        if by_mark:
            return by_mark
        decoder = codecs.getincrementaldecoder("utf-8")()
        foreign, chunk = 0, start
        while chunk:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as problem:
                foreign += _count_non_ascii(chunk[: problem.start])
                return "utf-8" if foreign >= _ENOUGH else "gb18030"
            foreign += _count_non_ascii(chunk)
            chunk = file.read(_CHUNK)
    return "utf-8"


def _is_utf_8(start: bytes) -> bool:
    """Whether what a file begins with is UTF-8, but for single broken bytes."""
    text = start.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return broken == 0 or sum(mark > "\x7f" for mark in text) > 2 * broken


def decode_beginning(start: bytes) -> str:
    """The first bytes of a file as text, for telling what it is: all but ASCII and UTF-16 may be garbled."""
    return start.decode(_detect_by_mark(start) or _detect_by_nulls(start) or "utf-8", "replace").lstrip(
        "\ufeff \t\r\n"
    )


def _count_non_ascii(data: bytes) -> int:
    """Characters beyond ASCII in valid UTF-8, a few more or less at the edges."""
    return 0 if data.isascii() else sum(byte >= 0xC0 for byte in data[:_PROBE])


def _detect_by_mark(start: bytes) -> str | None:
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return None


def _detect_by_nulls(start: bytes) -> str | None:
    """UTF-16 without a mark: its digits, commas and line ends have a null as every other byte."""
    low, high = start[0::2].count(0), start[1::2].count(0)
    if max(low, high) * _SPARSE < len(start) or min(low, high) * 20 > max(low, high):
        return None
    return "utf-16-le" if high > low else "utf-16-be"
