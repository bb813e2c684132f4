"""PDF: pages counted, locked and active ones refused."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdf
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from kpi.documents.media.medium import DocumentFormat, DocumentRefused, Medium

PDF = Medium("PDF", "application/pdf")

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it mends by itself is nobody's business here
_OBJECTS = 300_000  # a year's scans have some thousands
_ACTIONS = ("/JavaScript", "/Launch", "/ImportData")
_KEYS = ("/JS", "/XFA")
_IN_CLEAR = (b"/JavaScript", b"/Launch")  # also where the file's own directory does not lead
_ACTIVE = "PDF里有脚本或启动程序的动作，不能收；请用“打印为PDF”另存一份。"


def examine(path: Path) -> DocumentFormat:
    """A PDF that can be opened, with its pages. Raises: DocumentRefused."""
    try:
        pages, active = _read(path)
    except (DocumentRefused, MemoryError):
        raise
    except (Exception, RecursionError) as problem:  # a damaged file makes pypdf raise nearly anything
        raise DocumentRefused("PDF已损坏，打不开；请重新导出或扫描。") from problem
    if active:
        raise DocumentRefused(_ACTIVE)
    if not pages:
        raise DocumentRefused("PDF里一页也没有。")
    return DocumentFormat(PDF, pages)


def _read(path: Path) -> tuple[int, bool]:
    with path.open("rb") as file:
        reader = pypdf.PdfReader(file)
        if reader.is_encrypted:
            raise DocumentRefused("PDF有密码或权限限制；请去掉限制（例如“打印为PDF”）后再上传。")
        return len(reader.pages), _has_action_in_clear(path) or any(
            map(_is_active, _walk_dictionaries(reader))
        )


def _has_action_in_clear(path: Path) -> bool:
    raw = path.read_bytes()
    return any(word in raw for word in _IN_CLEAR)


def _walk_dictionaries(reader: pypdf.PdfReader) -> Iterator[DictionaryObject]:
    """Every dictionary of the file, those inside others too. Raises: DocumentRefused."""
    numbers = {(number, gen) for gen, item in reader.xref.items() for number in item}
    numbers |= {(number, 0) for number in reader.xref_objStm}
    if len(numbers) > _OBJECTS:
        raise DocumentRefused("PDF的内部结构过于复杂；请用“打印为PDF”另存一份。")
    waiting: list[Any] = [reader.trailer]
    waiting += (IndirectObject(number, gen, reader) for number, gen in sorted(numbers))
    while waiting:
        item = waiting.pop()
        if isinstance(item, IndirectObject):
            item = item.get_object()
        if isinstance(item, DictionaryObject):
            yield item
            waiting += _walk_direct_objects(item.values())
        elif isinstance(item, ArrayObject):
            waiting += _walk_direct_objects(item)


def _walk_direct_objects(values: Any) -> Iterator[Any]:
    """Direct objects only: the others have numbers of their own."""
    return (value for value in values if isinstance(value, ArrayObject | DictionaryObject))


def _is_active(dictionary: DictionaryObject) -> bool:
    return dictionary.get("/S") in _ACTIONS or any(key in dictionary for key in _KEYS)
