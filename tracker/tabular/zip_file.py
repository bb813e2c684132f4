"""Opening ZIP archives whose list of entries may be damaged in any way."""

import errno
import zipfile
from pathlib import Path
from struct import error
from typing import IO


def open_zip(file: Path | IO[bytes]) -> zipfile.ZipFile:
    """Opens an archive for reading.

    Raises: zipfile.BadZipFile for whatever is wrong in it, OSError when the file itself cannot be read."""
    try:
        return zipfile.ZipFile(file)
    except (ValueError, OverflowError, NotImplementedError, error) as problem:  # names, sizes, versions
        raise zipfile.BadZipFile("damaged list of entries") from problem
    except OSError as problem:
        if problem.errno != errno.EINVAL:  # of a place before the file's beginning
            raise
        raise zipfile.BadZipFile("an entry before the beginning") from problem
