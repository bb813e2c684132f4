"""One stream of an OLE compound file (the container of xls), see [MS-CFB]."""

from array import array
from collections.abc import Collection, Iterator
from struct import error, unpack_from

_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_REGULAR = 0xFFFFFFFA  # sector numbers from here on mean something else
_ENTRY = 128  # bytes of an entry of the directory
_STREAM, _ROOT = 2, 5


class BrokenContainer(Exception):
    """The container cannot be followed."""


def read_stream(data: bytes, names: Collection[str]) -> bytes:
    """The first stream of one of these names. Raises: Broken."""
    try:
        return _read(data, names)
    except (IndexError, error) as problem:
        raise BrokenContainer from problem


def _read(data: bytes, names: Collection[str]) -> bytes:
    if not data.startswith(_SIGNATURE):
        raise BrokenContainer
    shift, small_shift = unpack_from("<HH", data, 30)
    if shift not in (9, 12) or small_shift != 6:
        raise BrokenContainer
    directory, least, small_fat = unpack_from("<I4xII", data, 48)
    fat = _fat(data, shift)
    entries = list(_read_entries(_join_sectors(data, directory, fat, shift, 1 << shift)))
    _, kind, start, size = next((entry for entry in entries if entry[0] in names), ("", 0, 0, 0))
    if kind != _STREAM:
        raise BrokenContainer
    if size >= least:
        return _join_sectors(data, start, fat, shift, 1 << shift)[:size]
    root = next((entry for entry in entries if entry[1] == _ROOT), None)
    if root is None:
        raise BrokenContainer
    small = _join_sectors(data, root[2], fat, shift, 1 << shift)
    numbers = array("I", _join_sectors(data, small_fat, fat, shift, 1 << shift))
    return _join_sectors(small, start, numbers, small_shift, 0)[:size]


def _fat(data: bytes, shift: int) -> "array[int]":
    """Sector → the next one of its chain."""
    sectors = [*unpack_from("<109I", data, 76)]
    further, count = unpack_from("<II", data, 68)
    per_sector = (1 << shift) // 4 - 1
    while further < _REGULAR and count > 0:
        at = (further + 1) << shift
        *more, further = unpack_from(f"<{per_sector + 1}I", data, at)
        sectors += more
        count -= 1
    fat = array("I")
    for sector in sectors:
        if sector < _REGULAR:
            fat.frombytes(_read_sector(data, sector, shift, 1 << shift))
    return fat


def _join_sectors(data: bytes, start: int, fat: "array[int]", shift: int, offset: int) -> bytes:
    parts: list[bytes] = []
    while start < _REGULAR:
        if len(parts) > len(fat):
            raise BrokenContainer  # goes round in a circle
        parts.append(_read_sector(data, start, shift, offset))
        start = fat[start]
    return b"".join(parts)


def _read_sector(data: bytes, number: int, shift: int, offset: int) -> bytes:
    at = (number << shift) + offset
    sector = data[at : at + (1 << shift)]
    if not sector:
        raise BrokenContainer
    return sector.ljust(1 << shift, b"\0")


def _read_entries(directory: bytes) -> Iterator[tuple[str, int, int, int]]:
    """Name, kind, first sector and size."""
    for at in range(0, len(directory) - _ENTRY + 1, _ENTRY):
        length, kind = unpack_from("<HB", directory, at + 64)
        start, size = unpack_from("<II", directory, at + 116)
        yield directory[at : at + max(length - 2, 0)].decode("utf-16-le", "replace"), kind, start, size
