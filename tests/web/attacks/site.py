"""The server that users run, behind nginx as it is deployed, and browsers that talk to it over TLS alone."""

import re
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from html import unescape
from http.client import HTTPException, HTTPMessage, HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Flask

from tests.web.conftest import NOW, SETTINGS, add, app_of
from tests.web.proxies import connect, make_certificate, run_proxy, write_nginx
from tests.web.test_http_server import serving
from tracker.database import Database
from web.access.people import Grant, get_account, set_password

PASSWORD = "Sonne-4711-mond"
AGENT = "Mozilla/5.0 (X11; Linux x86_64) Chrome/120.0"
COOKIE = "__Host-hotline"
LONG = 300.0  # seconds that a browser waits: for jobs too, while the machine does other work
File = tuple[str, bytes]  # name, content


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: HTTPMessage
    body: bytes
    seconds: float

    @property
    def text(self) -> str:
        return unescape(self.body.decode(errors="replace"))

    @property
    def location(self) -> str:
        return self.headers.get("Location", "")


@dataclass
class Site:
    """A running instance with its proxy."""

    app: Flask
    database: Database
    home: Path
    port: int  # of nginx
    behind: int  # of the server itself
    certificate: Path
    requests: int = 0
    sources: Iterator[int] = field(default_factory=lambda: iter(range(2, 60_000)))

    def browser(self, source: str = "") -> "Browser":
        """A browser in which nobody is signed in, on a machine of its own."""
        return Browser(self, source or self.next_source())

    def next_source(self) -> str:
        """An address that nobody has come from yet."""
        number = next(self.sources)
        return f"127.0.{number // 250}.{number % 250 + 1}"

    def signed_in(self, login: str) -> "Browser":
        """A browser in which somebody has signed in by her password."""
        browser = self.browser()
        answer = browser.sign_in(login)
        assert answer.status == 302, (login, answer.text)
        return browser

    def add(self, login: str, *grants: Grant, name: str | None = None) -> None:
        """A person who signs in by PASSWORD."""
        add(self.database, login, *grants, name=name or f"{login}某")
        with self.database.connect() as connection:
            account = get_account(connection, login)
            set_password(connection, account, PASSWORD, now=NOW, must_change=False)

    def ask(self, sql: str) -> list[Any]:
        """Rows of the database; single columns as bare values."""
        with self.database.connect() as connection:
            rows = connection.execute(sql).fetchall()
        return [row[0] if len(row) == 1 else row for row in rows]

    def one(self, sql: str) -> Any:
        (found,) = self.ask(sql)
        return found


class Browser:
    """One person's browser: an address, a cookie, a connection that is used again."""

    def __init__(self, site: Site, source: str) -> None:
        self.site, self.source = site, source
        self.cookies: dict[str, str] = {}
        self._connection: HTTPSConnection | None = None
        self._token = ""

    def get(self, path: str, **headers: str) -> Answer:
        return self.send("GET", path, headers=headers)

    def post(
        self,
        path: str,
        form: Mapping[str, Any] | None = None,
        *,
        file: File | None = None,
        part: str = "file",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """A form as the pages send it: with the token, and from a page of the same site."""
        fields = {"csrf_token": self.token, **(form or {})}
        body, kind = (
            (urlencode(fields, doseq=True).encode(), "application/x-www-form-urlencoded")
            if file is None
            else build_multipart(fields, {part: file})
        )
        referrer = {"Content-Type": kind, "Referer": f"https://localhost:{self.site.port}/"}
        return self.send("POST", path, body, headers=referrer | dict(headers or {}))

    @property
    def token(self) -> str:
        """The token of this browser's session, asked for once."""
        if not self._token:
            asked = self.get("/-/session/state.json").text
            found = re.search(r'"token":\s*"([^"]+)"', asked)
            found = found or re.search(r'name="csrf_token" value="([^"]+)"', self.get("/-/sign-in").text)
            self._token = found[1] if found else ""
        return self._token

    def sign_in(self, login: str, password: str = PASSWORD, **more: str) -> Answer:
        self._token = ""
        answer = self.post("/-/sign-in", {"login": login, "password": password} | more)
        self._token = ""
        return answer

    def send(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        sent = {"User-Agent": AGENT, **(headers or {})}
        if self.cookies:
            sent.setdefault("Cookie", "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        begun = time.perf_counter()
        response, content = self._exchange(method, path, body, sent)
        seconds = time.perf_counter() - begun
        self.site.requests += 1
        for cookie in response.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
            if not value:  # the server takes it back
                del self.cookies[name]
        return Answer(response.status, response.headers, content, seconds)

    def _exchange(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Any:
        """On the connection at hand, or on a new one where the server has closed that one."""
        for _ in range(2):
            is_reused = self._connection is not None
            self._connection = self._connection or connect(
                self.site.port, self.site.certificate, self.source, LONG
            )
            try:
                self._connection.request(method, path, body, dict(headers))
                response = self._connection.getresponse()
                return response, response.read()
            except (HTTPException, ConnectionError, ssl.SSLError):
                self._connection.close()
                self._connection = None
                if not is_reused:
                    raise
        raise AssertionError("the server closed two connections")


def build_multipart(fields: Mapping[str, Any], files: Mapping[str, File]) -> tuple[bytes, str]:
    """A body with its content type."""
    mark = "----hotline7f3a"
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{one}\r\n'.encode()
        for name, value in fields.items()
        for one in (value if isinstance(value, list) else [value])
    ]
    for name, (file_name, content) in files.items():
        head = f'Content-Disposition: form-data; name="{name}"; filename="{file_name}"'
        kind = "Content-Type: application/octet-stream"
        parts.append(f"--{mark}\r\n{head}\r\n{kind}\r\n\r\n".encode() + content + b"\r\n")
    return b"".join(parts) + f"--{mark}--\r\n".encode(), f"multipart/form-data; boundary={mark}"


def get_path(location: str) -> str:
    """An address without scheme and host."""
    parts = urlsplit(location)
    return parts.path + (f"?{parts.query}" if parts.query else "")


@contextmanager
def open_site(database: Database, folder: Path, **options: Any) -> Iterator[Site]:
    """A site over a database, with forged requests refused as in service; its clock stands at NOW."""
    home = folder / "var"
    home.mkdir()
    settings = replace(SETTINGS, home=home, proxies=1)
    app = app_of(database, settings=settings, **options)
    app.config["WTF_CSRF_ENABLED"] = True
    certificate = make_certificate(folder)
    with serving(app, proxies=1) as server, run_proxy(write_nginx, folder, server.effective_port) as port:
        yield Site(app, database, home, port, server.effective_port, certificate)
