"""HTTP headers of every answer: nothing from elsewhere, no script or style inside a page, no framing."""

from urllib.parse import urlsplit, urlunsplit

from flask import Flask, Response, request

_CONTENT = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",  # Bootstrap's arrows and ticks are data: pictures inside its style sheet
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}

HEADERS = {
    "Content-Security-Policy": "; ".join(f"{what} {where}" for what, where in _CONTENT.items()),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


TLS_ONLY = "max-age=31536000; includeSubDomains"
"""For a year, browsers come to this host and those below it over TLS alone."""
FORGET = '"cache", "storage"'
"""What browsers forget when a session ends. Cookies would be those of the whole registered domain, hence of
other systems under it too; ours is taken back by itself."""


def install(app: Flask) -> None:
    """Sets the headers on every answer; pages and files are not kept by browsers or proxies."""
    app.after_request(_set_headers)
    app.after_request(_lead_within)


def _set_headers(answer: Response) -> Response:
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    if request.is_secure:
        answer.headers.setdefault("Strict-Transport-Security", TLS_ONLY)
    if request.endpoint not in ("static", "bootstrap.static"):
        answer.headers["Cache-Control"] = "no-store"
    return answer


def _lead_within(answer: Response) -> Response:
    """Redirects stay on the host that the browser is at, whatever the request calls it."""
    parts = urlsplit(answer.headers.get("Location", ""))
    if parts.netloc:
        answer.headers["Location"] = urlunsplit(("", "", "/" + parts.path.lstrip("/"), *parts[3:]))
        answer.set_data(b"")  # it names the host as well
    return answer
