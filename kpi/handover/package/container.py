"""The zip around a bag: nothing compressed, fixed order and times, so that every byte of it is determined.

Opening one trusts nothing: what could leave the folder, swell or hide is refused before a byte is written.
"""

import stat
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from filecmp import cmp
from pathlib import Path, PurePosixPath
from shutil import copyfileobj
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from kpi.handover.package.bag import list_files
from tracker.file_writing import write_whole

MOST_FILES = 20_000
MOST_BYTES = 64 << 30
MOST_TIMES = 200  # what is unpacked, against what is packed
_LARGE, _MANY = 1 << 31, 1 << 16  # bytes and files, from which on a zip records them in another form
_SMALL = 1 << 20  # bytes, below which a file swells no disk
_CHUNK = 1 << 20
_EPOCH = (1980, 1, 1, 0, 0, 0)
_MODE = (stat.S_IFREG | 0o644) << 16


class UnreadablePackage(ValueError):
    """证据包打不开，或为安全起见拒绝打开。"""


@dataclass
class UnpackedBag:
    """An unpacked bag, and the files that did not come out whole."""

    bag: Path
    broken: dict[str, str] = field(default_factory=dict)  # file → what is wrong with it
    repacked: str | None = None  # where the zip is not as it was made, in a sentence


def pack(bag: Path, path: Path) -> None:
    """Writes a folder as a zip, in the place of an earlier one."""
    with write_whole(path) as part, ZipFile(part, "w", ZIP_STORED) as archive:
        for name in list_files(bag):
            info = ZipInfo(f"{bag.name}/{name}", _EPOCH)
            info.external_attr, info.create_system = _MODE, 3
            info.file_size = (bag / name).stat().st_size
            with archive.open(info, "w") as packed, (bag / name).open("rb") as file:
                copyfileobj(file, packed, _CHUNK)


def store_uncompressed(path: Path) -> None:
    """Writes a zip file anew in its place, nothing compressed: compressors differ between machines."""
    part = path.with_name(f"{path.name}.part")
    with ZipFile(path) as archive, ZipFile(part, "w", ZIP_STORED) as stored:
        for name in archive.namelist():
            stored.writestr(ZipInfo(name, _EPOCH), archive.read(name))
    part.replace(path)


def unpack(path: Path, folder: Path) -> UnpackedBag:
    """Unpacks a package into an empty folder. Raises: Unreadable, with nothing written outside of it."""
    try:
        with ZipFile(path) as archive:
            infos = archive.infolist()
            root = _check(path, infos)
            opened = UnpackedBag(folder / root, repacked=_find_difference(path, infos))
            opened.bag.mkdir()
            for info in infos:
                if not info.is_dir():
                    _extract(archive, info, folder, opened)
            if path.stat().st_size >= _LARGE or len(infos) >= _MANY:
                opened.repacked = _compare_packed_again(path, opened.bag, folder)
    except (BadZipFile, NotImplementedError, struct.error, EOFError) as problem:
        raise UnreadablePackage(
            f"{path.name} 不是完整的 zip 文件：可能没有传完，或已损坏。请重新取得。"
        ) from problem
    except (OSError, ValueError) as problem:
        if isinstance(problem, UnreadablePackage):
            raise
        raise UnreadablePackage(f"{path.name} 打不开：{problem}") from problem
    return opened


def _check(path: Path, infos: Sequence[ZipInfo]) -> str:
    """The name of the one folder in it."""
    if len(infos) > MOST_FILES:
        raise UnreadablePackage(f"{path.name} 里有 {len(infos):,} 个文件，超过 {MOST_FILES:,} 个，拒绝打开。")
    packed, size = path.stat().st_size, sum(info.file_size for info in infos)
    if size > MOST_BYTES or size > MOST_TIMES * max(packed, _SMALL):
        raise UnreadablePackage(
            f"{path.name} 展开后有 {size:,} 字节，与它的大小不相称（压缩炸弹），拒绝打开。"
        )
    seen: set[str] = set()
    for info in infos:
        _check_entry(info, seen)
    _check_folders(path, infos)
    _check_overlap(infos)
    roots = {PurePosixPath(info.filename).parts[0] for info in infos}
    if len(roots) != 1 or any("/" not in info.filename for info in infos):
        raise UnreadablePackage(f"{path.name} 里应当只有一个文件夹，它不是证据包。")
    return roots.pop()


def _check_entry(info: ZipInfo, seen: set[str]) -> None:
    name, parts = info.filename, info.filename.rstrip("/").split("/")
    odd = name.startswith("/") or "\\" in name or ":" in name or not name.isprintable()
    if info.orig_filename != name or odd:
        raise UnreadablePackage(f"包内有不许可的路径“{name!r}”，拒绝打开。")
    if any(part in ("", ".", "..") for part in parts):
        raise UnreadablePackage(f"包内的路径“{name}”会写到文件夹之外，拒绝打开。")
    if name.casefold() in seen:
        raise UnreadablePackage(f"包内有两个同名的文件“{name}”，拒绝打开。")
    seen.add(name.casefold())
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise UnreadablePackage(f"包内的“{name}”是链接或特殊文件，拒绝打开。")
    if info.flag_bits & 1 or info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise UnreadablePackage(f"包内的“{name}”加了密，或用了不认识的压缩方法，拒绝打开。")
    if info.file_size > MOST_TIMES * max(info.compress_size, _SMALL):
        raise UnreadablePackage(f"包内的“{name}”展开后大得不相称（压缩炸弹），拒绝打开。")


def _check_folders(path: Path, infos: Sequence[ZipInfo]) -> None:
    """Raises: UnreadablePackage for a folder that holds no file, or a content: nothing would look at it."""
    parents = {
        str(one) for info in infos if not info.is_dir() for one in PurePosixPath(info.filename).parents
    }
    for info in infos:
        if info.is_dir() and (info.file_size or info.filename.rstrip("/") not in parents):
            raise UnreadablePackage(f"{path.name} 里有空的或带内容的文件夹“{info.filename}”，拒绝打开。")


def _check_overlap(infos: Sequence[ZipInfo]) -> None:
    end = 0
    for info in sorted(infos, key=lambda one: one.header_offset):
        if info.header_offset < end:
            raise UnreadablePackage(f"包内的“{info.filename}”与别的文件重叠（压缩炸弹），拒绝打开。")
        end = info.header_offset + 30 + info.compress_size


def _extract(archive: ZipFile, info: ZipInfo, folder: Path, opened: UnpackedBag) -> None:
    target = folder / info.filename
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with archive.open(info) as packed, target.open("xb") as file:
            copyfileobj(packed, file, _CHUNK)
    except (BadZipFile, EOFError, struct.error, ValueError, NotImplementedError, zlib.error):
        opened.broken[info.filename.partition("/")[2]] = "内容损坏，与压缩包里的校验和不符"


def _compare_packed_again(path: Path, bag: Path, folder: Path) -> str | None:
    """The same for a zip whose records are not simple: all of it beside what its files are packed into."""
    again = folder / "again.zip"
    pack(bag, again)
    same = cmp(path, again, shallow=False)
    again.unlink()
    return None if same else "与它的文件重新打包后的不同"


def _find_difference(path: Path, infos: Sequence[ZipInfo]) -> str | None:
    """Where the zip's own records are not those that `pack` writes; None where all are."""
    size = path.stat().st_size
    if size >= _LARGE or len(infos) >= _MANY:
        return None  # larger numbers are written in another form
    names = [info.filename for info in infos]
    if names != sorted(names) or any(info.is_dir() for info in infos):
        return "文件的顺序与原样不同，或多出文件夹"
    offset, central = 0, b""
    with path.open("rb") as file:
        for info in infos:
            name = info.filename.encode()
            flags = 0 if name.isascii() else 0x800
            numbers = (info.CRC, info.file_size, info.file_size, len(name))
            local = struct.pack("<4sHHHHHLLLHH", b"PK\3\4", 20, flags, 0, 0, 33, *numbers, 0) + name
            file.seek(offset)
            if info.header_offset != offset or file.read(len(local)) != local:
                return f"“{info.filename}”的记录与原样不同"
            central += struct.pack(
                "<4sBBBBHHHHLLLHHHHHLL", b"PK\1\2", 20, 3, 20, 0, flags, 0, 0, 33, *numbers, 0, 0, 0, 0,
                _MODE, offset,
            ) + name  # fmt: skip
            offset += len(local) + info.file_size
        count = len(infos)
        end = struct.pack("<4sHHHHLLH", b"PK\5\6", 0, 0, count, count, len(central), offset, 0)
        file.seek(offset)
        return None if file.read() == central + end else "文件目录与原样不同"
