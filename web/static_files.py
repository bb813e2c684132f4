"""Style sheets and scripts: their addresses name their content, so that browsers need not ask again."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, request
from werkzeug.security import safe_join

ENDPOINTS = ("static", "bootstrap.static")
NAME = "v"
KEPT = "public, max-age=31536000, immutable"


def install(app: Flask) -> None:
    """Adds the version to the addresses of files; the answer to one of the present version is kept a year."""
    app.url_defaults(_add_version)
    app.after_request(_let_keep)


def find_version(endpoint: str, name: str) -> str | None:
    """The version of a file: the beginning of its SHA-256; None where there is no such file."""
    scaffold = current_app.blueprints["bootstrap"] if endpoint == "bootstrap.static" else current_app
    path = safe_join(str(scaffold.static_folder), name)
    try:
        return _hash_file(path, Path(path).stat().st_mtime_ns) if path else None
    except OSError:
        return None


@lru_cache
def _hash_file(path: str, _: int) -> str:
    """Read again once the file has another time."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]


def _add_version(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint in ENDPOINTS and "filename" in values:
        values.setdefault(NAME, find_version(endpoint, values["filename"]))


def _let_keep(answer: Response) -> Response:
    if request.endpoint in ENDPOINTS and answer.status_code == 200:
        wanted = request.args.get(NAME)
        if wanted and wanted == find_version(
            request.endpoint, str((request.view_args or {}).get("filename"))
        ):
            answer.headers["Cache-Control"] = KEPT
    return answer
