"""Where the bytes of a delivered file come from: the file itself, or one member of a ZIP archive."""

import io
import os
import zipfile
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from tracker.tabular.zip_file import open_zip

_BUFFER = 1 << 18


class ByteSource(Protocol):
    """Bytes that can be read from the beginning as often as needed."""

    @property
    def size(self) -> int:
        """Bytes, at least 1, so that shares of it can be computed."""

    def open(self) -> BinaryIO:
        """Opens it at its beginning. Raises: OSError, zipfile.BadZipFile."""

    def open_seekable(self) -> BinaryIO:
        """Opens it for reading at any position; a member of an archive is unpacked into memory.

        Raises: OSError, zipfile.BadZipFile.
        """

    def end(self, length: int) -> bytes:
        """Its last bytes, at most so many. Raises: OSError, zipfile.BadZipFile."""


class FileSource:
    """A file on disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = max(path.stat().st_size, 1)

    def open(self) -> BinaryIO:
        return io.BufferedReader(io.FileIO(os.fspath(self.path)), _BUFFER)

    def open_seekable(self) -> BinaryIO:
        return self.open()

    def end(self, length: int) -> bytes:
        with self.open() as file:
            file.seek(-min(length, file.seek(0, io.SEEK_END)), io.SEEK_END)
            return file.read()


class MemberSource:
    """A member of a ZIP archive, unpacked while it is read; its name never becomes a path."""

    def __init__(self, path: Path, member: zipfile.ZipInfo) -> None:
        self._path = path
        self._member = member
        self.size = max(member.file_size, 1)

    def open(self) -> BinaryIO:
        with open_zip(self._path) as archive:  # what was opened in it keeps the file open
            opened = archive.open(self._member)
        return cast(BinaryIO, opened)

    def open_seekable(self) -> BinaryIO:
        with self.open() as opened:
            return io.BytesIO(opened.read())

    def end(self, length: int) -> bytes:
        found = b""
        with self.open() as file:
            while chunk := file.read(_BUFFER):
                found = (found + chunk)[-length:]
        return found
