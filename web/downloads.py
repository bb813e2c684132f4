"""Files for spreadsheets: UTF-8 with a mark at the start, so that Excel shows Chinese at a double click."""

import csv
import mimetypes
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import datetime
from io import StringIO
from urllib.parse import quote

from flask import Response, request

from tracker.spreadsheet_cells import escape_formula
from web.access.guard import get_person
from web.access.masking import mask_cell
from web.formatting import moment
from web.instance import get_now

BOM = "\ufeff"
_AT_ONCE = 30_000  # characters
_DOCUMENT = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def send_workbook(data: bytes, name: str) -> Response:
    """A workbook to be saved under a name."""
    return Response(data, mimetype=_WORKBOOK, headers=_make_disposition(name))


def send_document(data: bytes, name: str) -> Response:
    """A DOCX to be saved under a name."""
    return Response(data, mimetype=_DOCUMENT, headers=_make_disposition(name))


def send_text(text: str, name: str) -> Response:
    """A text file to be saved under a name."""
    return Response(text, mimetype="text/plain", headers=_make_disposition(name))


def send_pieces(pieces: Iterable[bytes], name: str, size: int) -> Response:
    """A file of that many bytes, sent piece by piece; one that breaks off is shorter than was said."""
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    headers = _make_disposition(name) | {"Content-Length": str(size)}
    return Response(iter(pieces), mimetype=kind, headers=headers)


def format_csv_line(cells: Iterable[str]) -> str:
    """A line in which no cell is run by a spreadsheet and no free text tells a number of a person."""
    text = StringIO()
    csv.writer(text).writerow([escape_formula(mask_cell(cell)) for cell in cells])
    return text.getvalue()


def stream_csv(parts: Iterable[str], name: str, opened: ExitStack | None = None) -> Response:
    """A CSV file sent as it is made, some lines at a time.

    By then the request is over: what its parts are read from is `opened`, and is closed when all is sent or
    nobody waits for it any more.
    """

    def stream() -> Iterator[str]:
        waiting, size = [BOM], 0
        for part in parts:
            waiting.append(part)
            size += len(part)
            if size > _AT_ONCE:
                yield "".join(waiting)
                waiting, size = [], 0
        yield "".join(waiting)

    answer = Response(stream(), mimetype="text/csv", headers=_make_disposition(name))
    if opened is not None:
        answer.call_on_close(opened.close)
    return answer


def _make_disposition(name: str) -> dict[str, str]:
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}


def make_stamp() -> str:
    """Who takes a file out now."""
    person = get_person()
    return format_stamp(person.name, person.login, get_now(), request.remote_addr or "")


def format_stamp(name: str, login: str, at: datetime, address: str) -> str:
    """Who took a file out, when and from where: 导出：王某（wang）2024-03-10 09:30:00 10.0.0.8"""
    return f"导出：{name}（{login}）{moment(at)} {address}".strip()
