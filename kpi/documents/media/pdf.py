"""PDF: pages counted, locked and active ones refused."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pypdf
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from kpi.documents.media.medium import DocumentFormat, DocumentRefused, Medium

PDF = Medium("PDF", "application/pdf")

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it mends by itself is nobody's business here
_OBJECTS = 300_000  # a year's scans have some thousands
_IN_CLEAR = (b"/JavaScript", b"/Launch")  # also where the file's own directory does not lead
_CLICKED = ("/GoTo", "/GoToR", "/URI", "/Named", "/Hide", "/SetOCGState", "/Thread", "/Trans", "/ResetForm")
_BY_ITSELF = ("/GoTo", "/Named", "/Hide", "/SetOCGState", "/Trans")  # when a file or page is opened
_NEVER = ("/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/Rendition", "/GoToE", "/RichMediaExecute")
_SCRIPTS = ("/JS", "/XFA")
_HOLDERS = ("/EF", "/EmbeddedFiles", "/Collection", "/RichMediaContent", "/RichMediaSettings")
_HOLDING = ("/EmbeddedFile", "/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D")
_SCHEMES = ("", "http", "https", "mailto", "tel", "ftp")

_ACTIVE = "PDF里有脚本或启动程序的动作，不能收；请用“打印为PDF”另存一份。"
_BY_ITSELF_REFUSED = "PDF一打开就会连到外面的网址或别的文件，不能收；请用“打印为PDF”另存一份。"
_ATTACHED = "PDF里嵌有附件或影音，不能收；请把附件另外上传，本文件用“打印为PDF”另存一份。"


def examine(path: Path) -> DocumentFormat:
    """A PDF that can be opened, with its pages. Raises: DocumentRefused."""
    try:
        pages = _read(path)
    except (DocumentRefused, MemoryError):
        raise
    except (Exception, RecursionError) as problem:  # a damaged file makes pypdf raise nearly anything
        raise DocumentRefused("PDF已损坏，打不开；请重新导出或扫描。") from problem
    if not pages:
        raise DocumentRefused("PDF里一页也没有。")
    return DocumentFormat(PDF, pages)


def _read(path: Path) -> int:
    """Pages. Raises: DocumentRefused."""
    with path.open("rb") as file:
        reader = pypdf.PdfReader(file)
        if reader.is_encrypted:
            raise DocumentRefused("PDF有密码或权限限制；请去掉限制（例如“打印为PDF”）后再上传。")
        if _has_action_in_clear(path):
            raise DocumentRefused(_ACTIVE)
        for dictionary in _walk_dictionaries(reader):
            _check_dictionary(dictionary)
        return len(reader.pages)


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


def _check_dictionary(dictionary: DictionaryObject) -> None:
    """Raises: DocumentRefused for one that acts, or holds what another program opens."""
    if _get(dictionary, "/S") in _NEVER or any(key in dictionary for key in _SCRIPTS):
        raise DocumentRefused(_ACTIVE)
    held = (_get(dictionary, "/Type"), _get(dictionary, "/Subtype"))
    if any(key in dictionary for key in _HOLDERS) or any(kind in _HOLDING for kind in held):
        raise DocumentRefused(_ATTACHED)
    for key in ("/A", "/PA"):
        for action in _list_actions(_get(dictionary, key)):
            _check_action(action, _CLICKED, _ACTIVE)
    more = _get(dictionary, "/AA")
    by_themselves = [_get(more, key) for key in more] if isinstance(more, DictionaryObject) else []
    for started in (_get(dictionary, "/OpenAction"), *by_themselves):
        for action in _list_actions(started):
            _check_action(action, _BY_ITSELF, _BY_ITSELF_REFUSED)


def _list_actions(first: Any) -> Iterator[DictionaryObject]:
    """An action and those that follow it; an array is a place to go to, or attributes, which have no kind."""
    waiting, seen = [first], set[int]()
    while waiting:
        action = waiting.pop()
        if not isinstance(action, DictionaryObject) or "/S" not in action or id(action) in seen:
            continue
        seen.add(id(action))
        yield action
        following = _get(action, "/Next")
        waiting += map(_resolve, following) if isinstance(following, ArrayObject) else [following]


def _check_action(action: DictionaryObject, allowed: tuple[str, ...], sentence: str) -> None:
    kind, address = _get(action, "/S"), _get(action, "/URI")
    if kind not in allowed or (address is not None and _read_scheme(address) not in _SCHEMES):
        raise DocumentRefused(sentence)


def _read_scheme(address: Any) -> str:
    text = address.decode("latin-1") if isinstance(address, bytes) else str(address)
    try:
        return urlsplit("".join(text.split())).scheme.casefold()
    except ValueError:
        return "?"


def _get(dictionary: DictionaryObject, key: str) -> Any:
    """A value, wherever it stands in the file; None where there is none."""
    return _resolve(dictionary.get(key))


def _resolve(value: Any) -> Any:
    return value.get_object() if isinstance(value, IndirectObject) else value
