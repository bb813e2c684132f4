"""ZIP archives: each table file in one is a table, or several, of the delivery."""

import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from tracker.tabular.opening import open_source
from tracker.tabular.source import FileSource, MemberSource
from tracker.tabular.table import FileRefused, NoTable, Table
from tracker.tabular.workbook_limits import is_workbook
from tracker.tabular.zip_file import open_zip

MOST_MEMBERS = 100
LARGEST = 512 << 20  # bytes of all members once unpacked
_DENSEST = 100  # times: exports are packed some ten times, a bomb a thousand
_SMALL = 32 << 20  # bytes once unpacked, however dense
_CHUNK = 1 << 20
_LITTER = ("__MACOSX/", "~$", ".")  # what systems and Excel leave beside the files


def open_file(
    path: Path, encoding: str | None = None, begin: Callable[[str], None] = lambda name: None
) -> tuple[list[Table], list[str]]:
    """The tables of a file, read in this process; `tracker.tabular.open_tables` does it in one of its own.
    `begin` is told the name of each file of an archive before it is opened.

    Raises: FileRefused, OSError, and whatever a damaged file makes its reader raise."""
    found = open_archive(path, encoding, begin)
    return open_source(FileSource(path), encoding) if found is None else found


def open_archive(
    path: Path, encoding: str | None, begin: Callable[[str], None]
) -> tuple[list[Table], list[str]] | None:
    """The tables of all members, numbered through, and notes on members without any; None: no ZIP archive,
    or a workbook.

    Raises: FileRefused when a member is one, or for an archive that is too large, locked or damaged."""
    with path.open("rb") as file:
        if not file.read(4).startswith(b"PK\x03\x04") or not zipfile.is_zipfile(path):
            return None
    try:
        with open_zip(path) as archive:
            if is_workbook(archive):
                return None
            members = [member for member in archive.infolist() if not _is_litter(member)]
            _check(archive, members)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as problem:
        raise FileRefused("压缩包已损坏或用了少见的压缩方法；请解压后导入其中的文件。") from problem
    tables: list[Table] = []
    notes: list[str] = []
    for member in members:
        name = _read_name(member)
        begin(name)
        try:
            found, member_notes = open_source(MemberSource(path, member), encoding)
        except NoTable as problem:
            notes.append(f"压缩包里的“{name}”没有导入：{problem}")
            continue
        except FileRefused as problem:
            raise FileRefused(f"压缩包里的“{name}”：{problem}") from problem
        for table in found:
            table.sheet = f"{name}：{table.sheet}" if table.sheet else name
            table.number = len(tables) + 1
            tables.append(table)
        notes += [f"压缩包里的“{name}”：{note}" for note in member_notes]
    if not tables:
        raise FileRefused("压缩包里没有表格。" + "".join(notes))
    return tables, notes


def _check(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> None:
    """Unpacks everything once, without keeping it. Raises: FileRefused, zipfile.BadZipFile, zlib.error."""
    if len(members) > MOST_MEMBERS:
        raise FileRefused(f"压缩包里有 {len(members)} 个文件，超过 {MOST_MEMBERS} 个；请解压后分批导入。")
    if any(member.flag_bits & 1 for member in members):
        raise FileRefused("压缩包有密码；请解压后导入其中的文件。")
    if sum(member.file_size for member in members) > LARGEST:
        raise FileRefused(f"压缩包展开后超过 {LARGEST >> 20} MB；请解压后分别导入其中的文件。")
    for member in members:
        times = member.file_size // max(1, member.compress_size)
        if member.file_size > _SMALL and times > _DENSEST:
            raise FileRefused(
                f"压缩包里的“{_read_name(member)}”展开后大到原来的 {times:,} 倍，不像业务数据；"
                "确实是的，请解压后导入。"
            )
        with archive.open(member) as file:  # never gives more than the size that was added up
            while file.read(_CHUNK):
                pass


def _is_litter(member: zipfile.ZipInfo) -> bool:
    bare = member.filename.rstrip("/").rpartition("/")[2]
    return member.is_dir() or member.filename.startswith(_LITTER[0]) or bare.startswith(_LITTER[1:])


def _read_name(member: zipfile.ZipInfo) -> str:
    """As shown to people: Chinese systems write GBK and do not say so."""
    name = member.filename
    if not member.flag_bits & 0x800:
        name = name.encode("cp437", "replace").decode("gb18030", "replace")
    return "".join(mark for mark in name if mark.isprintable())[:100]
