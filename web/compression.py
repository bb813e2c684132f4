"""Answers in text are sent compressed where the browser takes it; waitress cannot.

Each is padded by a random number of bytes, so that its length does not tell how well what somebody else put
into a page goes with the tokens of its forms. Source: BREACH (CVE-2013-3587); Palacios, Rodríguez, Dávila,
"Heal the Breach" (IEEE Access, 2022), of whom the name of the file in the gzip header is.
"""

import secrets
from collections.abc import Iterable, Iterator
from gzip import GzipFile
from io import BytesIO

from flask import Flask, Response, request

LEAST = 1000  # bytes, below which it gains nothing
MOST_PADDING = 100  # bytes
_TYPES = ("application/json", "application/javascript", "image/svg+xml")
_WITHOUT_BODY = (204, 206, 304)  # or with a part of one


def install(app: Flask) -> None:
    """To be called before whatever else changes answers: what is installed first sees them last."""
    app.after_request(_compress)


def _compress(answer: Response) -> Response:
    kind = answer.mimetype or ""
    if not kind.startswith("text/") and kind not in _TYPES:
        return answer
    answer.vary.add("Accept-Encoding")
    if _is_worth_it(answer):
        _replace_body(answer)
    return answer


def _is_worth_it(answer: Response) -> bool:
    if request.method == "HEAD" or answer.status_code < 200 or answer.status_code in _WITHOUT_BODY:
        return False
    if "Content-Encoding" in answer.headers or not request.accept_encodings.quality("gzip"):
        return False
    size = answer.content_length if answer.is_streamed else answer.calculate_content_length()
    return size is None or size >= LEAST


def _replace_body(answer: Response) -> None:
    close = getattr(answer.response, "close", None)
    if close is not None:
        answer.call_on_close(close)
    answer.direct_passthrough = False
    packed = _pack(answer.iter_encoded())
    answer.response = packed if answer.is_streamed else [b"".join(packed)]
    for name in ("Content-Length", "Accept-Ranges"):
        answer.headers.pop(name, None)
    answer.headers["Content-Encoding"] = "gzip"
    tag, is_weak = answer.get_etag()
    if tag and not is_weak:
        answer.set_etag(tag, weak=True)


def _pack(parts: Iterable[bytes]) -> Iterator[bytes]:
    """A body as it comes, compressed."""
    waiting, padding = BytesIO(), "a" * secrets.randbelow(MOST_PADDING)
    with GzipFile(padding, "wb", fileobj=waiting, mtime=0) as file:
        for part in parts:
            file.write(part)
            if waiting.tell():
                yield waiting.getvalue()
                waiting.seek(0)
                waiting.truncate()
    yield waiting.getvalue()
