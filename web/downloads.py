"""Files for spreadsheets: UTF-8 with a mark at the start, so that Excel shows Chinese at a double click."""

from collections.abc import Iterable
from urllib.parse import quote

from flask import Response

BOM = "\ufeff"


_DOCUMENT = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def document_file(data: bytes, name: str) -> Response:
    """A DOCX to be saved under a name."""
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    return Response(data, mimetype=_DOCUMENT, headers={"Content-Disposition": disposition})


def csv_file(parts: Iterable[str], name: str) -> Response:
    """A CSV file sent as it is made."""

    def stream() -> Iterable[str]:
        yield BOM
        yield from parts

    return Response(
        stream(),
        mimetype="text/csv",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"},
    )


def harmless(text: str) -> str:
    """A cell that a spreadsheet would take for a formula gets a leading '."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
