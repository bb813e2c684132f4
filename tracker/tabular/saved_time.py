"""When a workbook was last saved, as it says itself."""

import re
import zipfile
import zlib
from datetime import datetime
from pathlib import Path

import orjson

from tracker.sandbox import Channel, Limits, SandboxEnded, run
from tracker.tabular.zip_file import open_zip

_WORK = "tracker.tabular.saved_time:serve"
_PROPERTIES = "docProps/core.xml"
_LONGEST = 1 << 16  # bytes; it is a few hundred
_MODIFIED = re.compile(rb"<dcterms:modified[^>]*>([^<]+)</dcterms:modified>")
_ZIP = b"PK\x03\x04"


def find_time_saved(path: Path) -> datetime | None:
    """The time, with its zone; None for what is no workbook, or does not say it. Raises: OSError."""
    with path.open("rb") as file:
        if file.read(len(_ZIP)) != _ZIP:
            return None
    try:
        written = run(_WORK, str(path.absolute()), Limits.for_bytes(path.stat().st_size))
    except SandboxEnded:
        return None
    return datetime.fromisoformat(written) if written else None


def serve(channel: Channel, path: str) -> None:
    """The process that reads: answers with the time in ISO 8601, or null."""
    found = _read(Path(path))
    channel.answer(orjson.dumps(found.isoformat() if found else None))


def _read(path: Path) -> datetime | None:
    try:
        with open_zip(path) as archive, archive.open(_PROPERTIES) as properties:
            found = _MODIFIED.search(properties.read(_LONGEST))
        return datetime.fromisoformat(found[1].decode()).astimezone() if found else None
    except (KeyError, ValueError, OverflowError, NotImplementedError, RuntimeError):
        return None  # it has no properties, or they are locked, or no time stands there
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError):
        return None  # it is damaged, as whoever reads its tables will say
