"""Office documents and OFD: ZIP archives with the right parts, unpacked within bounds."""

import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

from kpi.documents.media import office
from kpi.documents.media.medium import DocumentFormat, DocumentRefused, Medium
from kpi.documents.suffixes import DOCX, XLSX

_DOCX = Medium("DOCX", DOCX)
_XLSX = Medium("XLSX", XLSX)
_OFD = Medium("OFD", "application/ofd")
MEDIA = (_DOCX, _XLSX, _OFD)

_MAIN_PARTS = {"word/document.xml": _DOCX, "xl/workbook.xml": _XLSX, "OFD.xml": _OFD}
_CONTENT_TYPES = "[Content_Types].xml"

_ENTRIES = 10_000
_DIRECTORY = 4 << 20  # bytes of the archive's list of entries
_UNPACKED = 256 << 20  # bytes
_TREE = 16 << 20  # bytes of a part that is held in memory as a tree
_CHUNK = 1 << 20

_ACTIVE_PART = re.compile(r"vbaProject|vbaData|/macrosheets/|/activeX/", re.IGNORECASE)
_EMBEDDED_PART = re.compile(r"/embeddings/", re.IGNORECASE)

_BOMB = "文件解压后体积异常，未接收；请另存为PDF后上传。"


def examine(path: Path) -> DocumentFormat:
    """An office document or OFD, every part of it read. Raises: DocumentRefused."""
    _check_directory(path)
    try:
        with zipfile.ZipFile(path) as archive:
            return _examine_archive(archive)
    except (DocumentRefused, MemoryError):
        raise
    except Exception as problem:  # BadZipFile, zlib.error, NotImplementedError, ParseError, KeyError …
        raise DocumentRefused(office.DAMAGED) from problem


def _examine_archive(archive: zipfile.ZipFile) -> DocumentFormat:
    entries = archive.infolist()
    names = {entry.filename for entry in entries}
    _check_entries(entries, names)
    medium = next((medium for part, medium in _MAIN_PARTS.items() if part in names), None)
    if medium is None or (medium is not _OFD and _CONTENT_TYPES not in names):
        raise DocumentRefused("这是压缩包，不是一份材料；请解压后逐份上传。")
    if medium is _OFD:
        for _, content in _read_parts(archive, entries, lambda name: ""):
            if content is not None:
                office.check_xml(content)
        return DocumentFormat(medium, _count_ofd_pages(archive))
    _check_office(archive, entries, names)
    return DocumentFormat(medium, None)


def _check_office(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], names: set[str]) -> None:
    """Raises: DocumentRefused."""
    if any(_ACTIVE_PART.search(name) for name in names):
        raise DocumentRefused(office.MACROS)
    if any(_EMBEDDED_PART.search(name) for name in names):
        raise DocumentRefused(office.EMBEDDED)
    if archive.getinfo(_CONTENT_TYPES).file_size > _TREE:
        raise DocumentRefused(_BOMB)
    find_type = office.read_content_types(archive.read(_CONTENT_TYPES))
    for name, content in _read_parts(archive, entries, find_type):
        if name != _CONTENT_TYPES and not name.endswith("/"):
            office.check_part(name, find_type(name), content)


def _check_directory(path: Path) -> None:
    """Looks at the end record before the list of entries is read into memory. Raises: DocumentRefused."""
    with path.open("rb") as file:
        file.seek(0, 2)
        file.seek(max(0, file.tell() - 65_557))
        end = file.read()
    at = end.rfind(b"PK\x05\x06")
    if at < 0 or len(end) - at < 22:
        raise DocumentRefused(office.DAMAGED)
    entries, size = (
        int.from_bytes(end[at + first : at + last], "little") for first, last in ((10, 12), (12, 16))
    )
    if entries > _ENTRIES or size > _DIRECTORY:
        raise DocumentRefused(_BOMB)


def _check_entries(entries: list[zipfile.ZipInfo], names: set[str]) -> None:
    if len(entries) > _ENTRIES or sum(entry.file_size for entry in entries) > _UNPACKED:
        raise DocumentRefused(_BOMB)
    if any(entry.flag_bits & 1 for entry in entries):
        raise DocumentRefused("文件有打开密码；请去掉密码后再上传。")
    if len({name.casefold() for name in names}) < len(entries) or not all(map(_is_inside, names)):
        raise DocumentRefused("文件内部的路径不合规（可能被改动过），不能收；请用Office打开后另存一份。")


def _is_inside(name: str) -> bool:
    """Whether an entry's name stays within the archive."""
    parts = name.split("/")
    return (
        name.isprintable() and "\\" not in name and ":" not in name and parts[0] != "" and ".." not in parts
    )


def _read_parts(
    archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], find_type: Callable[[str], str]
) -> Iterator[tuple[str, bytes | None]]:
    """Every part, unpacked; of those that are not XML only the checksum is checked."""
    for entry in entries:
        with archive.open(entry) as part:
            if office.is_xml(entry.filename, find_type(entry.filename)):
                yield entry.filename, part.read()
            else:
                while part.read(_CHUNK):
                    pass
                yield entry.filename, None


def _count_ofd_pages(archive: zipfile.ZipFile) -> int:
    """Pages of all documents of an OFD file. Source: GB/T 33190-2016, OFD.xml and Document.xml."""
    roots = [(root.text or "").strip().lstrip("/") for root in _find_elements(archive, "OFD.xml", "DocRoot")]
    pages = sum(len(_find_elements(archive, root, "Page")) for root in roots)
    if not pages:
        raise DocumentRefused("OFD里一页也没有。")
    return pages


def _find_elements(archive: zipfile.ZipFile, part: str, name: str) -> list[ElementTree.Element]:
    """The elements of a part that have this name, whatever their namespace."""
    if archive.getinfo(part).file_size > _TREE:
        raise DocumentRefused(_BOMB)
    root = ElementTree.fromstring(archive.read(part))
    return [element for element in root.iter() if element.tag.rpartition("}")[2] == name]
