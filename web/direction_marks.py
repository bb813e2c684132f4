"""Marks that turn the direction of writing: a page shows that they are there, and they turn nothing.

A name that holds one would write what stands beside it from right to left: 12 would read 21.
Source: Unicode Standard Annex 9, explicit directional formatting characters.
"""

import re

from flask import Flask, Response

_TURNING = re.compile(rb"\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]")  # U+202A to U+202E, U+2066 to U+2069
_REPLACEMENT = "\ufffd".encode()


def install(app: Flask) -> None:
    """Replaces them in every page; files keep what came in."""
    app.after_request(_show)


def _show(answer: Response) -> Response:
    if answer.mimetype == "text/html" and not answer.is_streamed:
        data = answer.get_data()
        if _TURNING.search(data):
            answer.set_data(_TURNING.sub(_REPLACEMENT, data))
    return answer
