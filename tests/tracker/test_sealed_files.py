"""Sealed files: whole or not opened, however they were tampered with."""

import secrets
from io import BytesIO
from pathlib import Path

import pytest

from tracker.sealed_files import PIECE, OtherKey, SealBroken, measure_plain, open_sealed, seal_file

KEY = secrets.token_bytes(32)
HEADER, TAG = 51, 16
SIZES = (0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 7)


def seal(folder: Path, plain: bytes, about: str = "c1/deliveries/a", key: bytes = KEY) -> Path:
    path = folder / f"sealed_{about.replace('/', '_')}"
    with path.open("wb") as target:
        seal_file(BytesIO(plain), target, key, about)
    return path


def unseal(path: Path, about: str = "c1/deliveries/a", key: bytes = KEY) -> bytes:
    return b"".join(open_sealed(path, key, about))


@pytest.mark.parametrize("size", SIZES)
def test_what_was_sealed_is_opened_whole(tmp_path: Path, size: int):
    plain = secrets.token_bytes(size)
    path = seal(tmp_path, plain)
    assert unseal(path) == plain
    assert measure_plain(path) == size


def test_nothing_of_the_plain_bytes_can_be_read(tmp_path: Path):
    assert b"13812345678" not in seal(tmp_path, b"13812345678," * 100_000).read_bytes()


def test_the_same_bytes_are_never_sealed_alike(tmp_path: Path):
    assert seal(tmp_path, b"abc").read_bytes() != seal(tmp_path, b"abc").read_bytes()


@pytest.mark.parametrize("place", [0, 3, 12, 44, 50, HEADER, HEADER + PIECE, HEADER + PIECE + TAG, -1])
def test_a_bit_that_was_turned_anywhere_is_noticed(tmp_path: Path, place: int):
    path = seal(tmp_path, secrets.token_bytes(2 * PIECE + 7))
    sealed = bytearray(path.read_bytes())
    sealed[place] ^= 1
    path.write_bytes(sealed)
    with pytest.raises(SealBroken):
        unseal(path)


def test_pieces_that_were_left_out_put_elsewhere_or_added_are_noticed(tmp_path: Path):
    path = seal(tmp_path, secrets.token_bytes(3 * PIECE))
    sealed = path.read_bytes()
    header, rest = sealed[:HEADER], sealed[HEADER:]
    size = PIECE + TAG
    one, two, three = (rest[start : start + size] for start in range(0, len(rest), size))
    for pieces in (
        (one, two),
        (one,),
        (),
        (two, three),
        (two, one, three),
        (one, three),
        (one, two, three, three),
    ):
        path.write_bytes(header + b"".join(pieces))
        with pytest.raises(SealBroken):
            unseal(path)
    for end in (0, 10, HEADER - 1, HEADER + 5, len(sealed) - 1):
        path.write_bytes(sealed[:end])
        with pytest.raises(SealBroken):
            unseal(path)


def test_a_file_does_not_pass_for_another(tmp_path: Path):
    path = seal(tmp_path, b"abc")
    for about in ("c1/deliveries/b", "c2/deliveries/a", "c1/documents/a"):
        with pytest.raises(SealBroken):
            unseal(path, about)


def test_a_file_of_another_key_says_so(tmp_path: Path):
    with pytest.raises(OtherKey):
        unseal(seal(tmp_path, b"abc"), key=secrets.token_bytes(32))


def test_a_long_file_needs_no_memory_of_its_size(tmp_path: Path):
    """Each piece is given before the next is read."""
    path = seal(tmp_path, bytes(8 * PIECE))
    reading = open_sealed(path, KEY, "c1/deliveries/a")
    assert len(next(reading)) == PIECE
    with path.open("r+b") as file:
        file.seek(HEADER + 5 * (PIECE + TAG))
        file.write(b"x")
    for _ in range(4):
        assert len(next(reading)) == PIECE
    with pytest.raises(SealBroken):
        next(reading)
