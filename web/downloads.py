"""Files for spreadsheets: UTF-8 with a mark at the start, so that Excel shows Chinese at a double click."""

from collections.abc import Iterable
from urllib.parse import quote

from flask import Response, request

from web.access.guard import signed_in
from web.instance import now
from web.wording import moment

BOM = "\ufeff"


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


def stamp() -> str:
    """Who took a file out, when and from where: 导出：王某（wang）2024-03-10 09:30:00 10.0.0.8"""
    person = signed_in()
    return f"导出：{person.name}（{person.login}）{moment(now())} {request.remote_addr or ''}".strip()


def harmless(text: str) -> str:
    """A cell that a spreadsheet would take for a formula gets a leading '."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
