"""Files with something wrong in them, made from good ones: the same number makes the same file.

`python -m tests.ingest.fuzzing 30000` reads so many and says what became of them; the first argument is how
many, the second the number of the first one.
"""

import io
import random
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from tests.ingest.hostile_files import CORNERS, ENDLESS_DATE, raw_workbook
from tests.ingest.test_formats import FORMATS
from tracker.tabular import FileRefused, open_tables

SLOWEST = 30  # seconds for a file of some kilobytes, on a busy machine
_ZIP = b"PK\x03\x04"
_TOKENS = (
    b"\0", b'"', b"'", b"\r", b"\xff", b"\xed\xa0\x80", b"\\ud800", b"NaN", b"Infinity", b"-1e400", b"1e308",
    b"9" * 400, b"99999999", b"-1", b"1048577", b"XFE1048577", b"<table>", b"</table>", b"<tr>", b"<f/>",
    b"<td rowspan=65534>", b"<td colspan=1000>", b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"&b;", b"]]>", b"<v/>",
    b"{", b"[" * 2_000, b"}", b"null", b"MIME-Version: 1.0\r\n", b"\xef\xbb\xbf", b"\xff\xfe", b"," * 20_000,
    b"\n", b"\t", b"\x81\x30\x81\x30", b'ss:Index="70000"', b'r="A0"', b't="e"', b's="9"', b"\xe2\x80\xae",
)  # fmt: skip


@cache
def seeds() -> tuple[tuple[str, bytes], ...]:
    """Good files of every format, and some that are not."""
    with tempfile.TemporaryDirectory() as folder:
        for name, made in FORMATS.items():
            made(Path(folder) / name)
        raw_workbook(Path(folder) / "远.xlsx", CORNERS)
        raw_workbook(Path(folder) / "无穷.xlsx", ENDLESS_DATE)
        return tuple((path.name, path.read_bytes()) for path in sorted(Path(folder).iterdir()))


def spoilt(number: int) -> tuple[str, bytes]:
    """The name and bytes of a file."""
    chance = random.Random(number)
    name, content = chance.choice(seeds())
    return name, spoil(content, chance)


def spoil(content: bytes, chance: random.Random) -> bytes:
    """Spoils bytes, of an archive mostly what is packed in it."""
    if content.startswith(_ZIP) and chance.random() < 0.7:
        return _spoilt_within(content, chance)
    return _spoilt(content, chance)


def _spoilt(content: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        content = chance.choice(_WAYS)(content, chance)
    return content


def _spoilt_within(content: bytes, chance: random.Random) -> bytes:
    """Spoils a part of an archive, or its name, and packs all anew: whoever unpacks it notices nothing."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        names = old.namelist()
        chosen, renamed = chance.choice(names), chance.random() < 0.1
        for name in names:
            part = old.read(name)
            if name == chosen:
                name = f"{name}.dat" if renamed else name
                part = part if renamed else _spoilt(part, chance)
            new.writestr(name, part)
    return packed.getvalue()


def _flip(content: bytes, chance: random.Random) -> bytes:
    spoilt = bytearray(content)
    for _ in range(chance.choice((1, 4, 16))):
        if spoilt:
            spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
    return bytes(spoilt)


def _cut(content: bytes, chance: random.Random) -> bytes:
    start, end = sorted(chance.randrange(len(content) + 1) for _ in range(2))
    return content[:start] + content[min(end, start + 200) :]


def _end(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content) + 1)]


def _insert(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content) + 1)
    return content[:at] + chance.choice(_TOKENS) * chance.choice((1, 1, 1, 50)) + content[at:]


def _repeat(content: bytes, chance: random.Random) -> bytes:
    start, end = sorted(chance.randrange(len(content) + 1) for _ in range(2))
    part = content[start : min(end, start + 2_000)]
    return content[:end] + part * chance.choice((1, 2, 20)) + content[end:]


def _other_number(content: bytes, chance: random.Random) -> bytes:
    """Another number where one stands."""
    places = [at for at, byte in enumerate(content) if 48 <= byte <= 57]
    if not places:
        return content
    at = chance.choice(places)
    return (
        content[:at] + chance.choice((b"0", b"-1", b"99999999", b"1e400", b"4294967296")) + content[at + 1 :]
    )


_WAYS: Sequence[Callable[[bytes, random.Random], bytes]] = (
    _flip,
    _cut,
    _end,
    _insert,
    _repeat,
    _other_number,
)


def outcome(path: Path) -> str:
    """What becomes of a file: rows, or the sentence that it is refused with. Raises: what must not happen."""
    try:
        tables, _ = open_tables(path)
        for table in tables:
            table.head()
            for _, cells in table.rows(frozenset({0, 1})):
                assert all(isinstance(cell, str) or cell is not None for cell in cells)
        return "rows"
    except FileRefused as refused:
        sentence = str(refused)
        assert sentence.endswith("。") and any("\u4e00" <= mark <= "\u9fff" for mark in sentence), sentence
        return sentence


def read_many(first: int, count: int, folder: Path) -> tuple[Counter[str], list[tuple[float, int]]]:
    """What became of so many files, and how long the slowest took. Raises: AssertionError."""
    outcomes: Counter[str] = Counter()
    slowest: list[tuple[float, int]] = []
    for number in range(first, first + count):
        name, content = spoilt(number)
        path = folder / f"{number}{Path(name).suffix}"
        path.write_bytes(content)
        start = time.monotonic()
        try:
            outcomes[outcome(path)[:40]] += 1
        except BaseException as problem:
            raise AssertionError(f"file {number}, made from {name}: {problem!r}") from problem
        slowest = sorted([*slowest, (time.monotonic() - start, number)])[-3:]
        assert slowest[-1][0] < SLOWEST, f"file {slowest[-1][1]} takes {slowest[-1][0]:.0f} s"
        path.unlink()
    return outcomes, slowest


def main() -> None:
    count, first = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    with tempfile.TemporaryDirectory() as folder:
        outcomes, slowest = read_many(first, count, Path(folder))
    for sentence, times in outcomes.most_common():
        print(f"{times:7} {sentence}")
    print("最慢：", "、".join(f"{seconds:.1f} 秒（第 {number} 份）" for seconds, number in slowest))


if __name__ == "__main__":
    main()
