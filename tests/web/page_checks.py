"""What no page may show to anybody: words of machines, commands, counts without separators, dead links."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect
from werkzeug.test import TestResponse

_FORMATS = "Excel WPS Word CSV TXT XLSX XLS DOCX PDF OFD JSON HTML ZIP JPG JPEG PNG TIFF TOML UTF GBK BOM"
_ADDRESSES = "Bearer Authorization API URL TLS openapi CloudEvents"
_ALGORITHMS = "SHA Wilson TOTP PostgreSQL"
_OTHERS = "Tab Chrome Linux JASA"  # a key, what the person's own browser calls itself, a body that sets norms
WORDS = frozenset(f"{_FORMATS} {_ADDRESSES} {_ALGORITHMS} {_OTHERS}".split())
"""What a reader knows by its Latin name."""
OF_MACHINES = re.compile(
    r"/(events|things)/"  # records as the log holds them, with the names of their fields
    r"|/-/(audit|tokens)/"  # addresses that were asked for, the names of scopes
    r"|/compare(/|$)|/proposal$"  # definitions of others, quoted; the fields of a file of one's own
    r"|/documents/attach$"  # how an indicator is named in a field
    r"|/evaluation/$"  # a folder's name
)
"""Pages on which names of machines stand with reason; they are looked at for all else."""

_NOT_READ = re.compile(
    r"<(script|style|svg|code|pre|title|option|textarea)\b.*?</\1>"
    r'|<(\w+)[^>]*class="[^"]*\b(?:code|hash|once-word|raw|file)\b[^"]*"[^>]*>.*?</\2>',
    re.S,
)
_TAG = re.compile(r"<[^>]*>")
_FILE_NAME = re.compile(r"[\w\-（）()·]+\.(?:csv|xlsx|xls|json|docx|pdf|zip|txt|toml|jpg|png)\b")
_RAW = re.compile(
    r"\b[a-z]+(?:\.[a-z_]+)+\b|\b(?:phone|name|card|bank|plate)-[0-9a-f]{8,}|\b[a-z]+_[a-z_]+\b|\bNone\b"
)
_COMMAND = re.compile(r"\bhotline [a-z]")
_COUNT = re.compile(r"(?<![\w.,:/\-])\d{5,}(?= ?(?:件|通|条|行|次|个|天|人|元|份|号记录|分钟))")
_ENGLISH = re.compile(r"(?<![\w./\-@])[A-Za-z]{3,}(?![\w/\-@])")
_PATTERNS = {"raw code": _RAW, "command": _COMMAND, "count": _COUNT, "English": _ENGLISH}
_LINK = re.compile(r'<(?:a|iframe)\b[^>]*\b(?:href|src)="([^"]+)"')


def read_visible(page: str) -> str:
    """A page's words without its markup, its codes and what scripts read."""
    main = page.partition("<main")[2] or page
    return unescape(_TAG.sub(" ", _NOT_READ.sub(" ", "<main" + main)))


def list_faults(answer: TestResponse, known: frozenset[str] = frozenset()) -> Iterator[str]:
    """What a page shows that nobody should read; `known`: names that are in its data."""
    if answer.status_code >= 500:
        yield f"{answer.status_code}"
    if answer.mimetype != "text/html" or answer.status_code != 200:
        return
    text = _FILE_NAME.sub(" ", read_visible(answer.text))
    skipped = {"raw code", "English"} if OF_MACHINES.search(answer.request.path) else ()
    for kind in sorted(_PATTERNS.keys() - skipped):
        found = set(_PATTERNS[kind].findall(text)) - WORDS - known
        yield from (f"{kind}: {one}" for one in sorted(found))


def list_links(page: str) -> list[str]:
    """The addresses within the application that a page leads to, without anchors."""
    found = (urlsplit(unescape(link)) for link in _LINK.findall(page))
    within = (one for one in found if not one.scheme and not one.netloc and one.path.startswith("/"))
    return list(dict.fromkeys(one._replace(fragment="").geturl() for one in within))


def find_endpoint(app: Flask, link: str) -> str | None:
    """The route behind an address, for whichever method; None: there is none."""
    routes = app.url_map.bind("localhost")
    for method in ("GET", "POST"):
        try:
            return str(routes.match(urlsplit(link).path, method=method)[0])
        except RequestRedirect:
            return ""
        except MethodNotAllowed:
            continue
        except NotFound:
            return None
    return None
