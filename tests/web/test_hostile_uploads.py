"""What strangers send to a server that is really running: it says why not, and goes on."""

import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape
from http.cookiejar import CookieJar
from pathlib import Path
from socket import socket
from urllib.parse import urlencode

import pytest

from tests.ingest.hostile_files import CORNERS, ENDLESS_DATE, HIDDEN_CORNERS, raw_workbook
from tests.ingest.tables import CALL_1, CALL_HEADER, csv_file
from tests.web.conftest import add, grant
from tracker import centers
from tracker.database import Database
from tracker.events.times import BEIJING
from web.access import passwords
from web.access.rights import Role

PASSWORD = "Zx9-long-enough-for-a-test"
PATIENCE = 60  # seconds


@dataclass
class Browser:
    """Somebody who is signed in at a running server."""

    address: str
    server: "subprocess.Popen[bytes]"
    cookies: CookieJar = field(default_factory=CookieJar)

    def page(self, there: str, data: bytes | None = None, kind: str = "") -> tuple[str, str]:
        """Where it ends and what it says."""
        request = urllib.request.Request(self.address + there, data, {"Content-Type": kind} if kind else {})
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        with opener.open(request, timeout=PATIENCE) as answer:
            return answer.url.removeprefix(self.address), unescape(answer.read().decode())

    def post(self, there: str, form: str, **values: str) -> tuple[str, str]:
        """Sends a form that stands on a page."""
        values["csrf_token"] = self._token(form)
        return self.page(there, urlencode(values).encode(), "application/x-www-form-urlencoded")

    def upload(self, path: Path) -> tuple[str, str]:
        """The page of a file that was uploaded."""
        token, mark = self._token("/tlf/imports/"), "----hotline"
        head = f'--{mark}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n--{mark}\r\n'
        head += f'Content-Disposition: form-data; name="file"; filename="{path.name}"\r\n\r\n'
        body = head.encode() + path.read_bytes() + f"\r\n--{mark}--\r\n".encode()
        return self.page("/tlf/imports/", body, f"multipart/form-data; boundary={mark}")

    def page_when_done(self, there: str) -> str:
        """The page of an upload once nothing runs."""
        end = time.monotonic() + PATIENCE
        while 'http-equiv="refresh"' in (text := self.page(there)[1]) and time.monotonic() < end:
            time.sleep(0.1)
        return text

    def _token(self, there: str) -> str:
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.page(there)[1])
        assert found is not None
        return found[1]


@pytest.fixture
def browser(database: Database, tmp_path: Path) -> Iterator[Browser]:
    now = datetime.now(BEIJING)
    with database.connect() as connection:
        centers.create_center(connection, "tlf", "示例市12345热线", now=now)
    add(database, "clerk", grant(Role.CLERK), at=now)
    with database.connect() as connection:
        connection.execute(
            "UPDATE accounts SET password = %s WHERE login = 'clerk'", (passwords.hash_password(PASSWORD),)
        )
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {
        "HOTLINE_HOME": str(tmp_path / "var"),
        "HOTLINE_DATABASE_URL": database.url,
        "HOTLINE_ADMIN_DATABASE_URL": database.admin_url,
    }
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "web.cli", "serve", "--port", str(port)],
            cwd=Path(__file__).parents[2], env=os.environ | settings, stdout=log, stderr=log,
        )  # fmt: skip
        try:
            yield _signed_in(Browser(f"http://127.0.0.1:{port}", server))
        finally:
            server.terminate()
            server.wait(PATIENCE)


def _signed_in(browser: Browser) -> Browser:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and browser.server.poll() is None:
        try:
            browser.page("/-/sign-in")
            break
        except urllib.error.URLError:
            time.sleep(0.1)
    browser.post("/-/sign-in", "/-/sign-in", login="clerk", password=PASSWORD)
    return browser


@pytest.mark.slow
def test_files_that_would_end_the_server_are_refused_with_a_sentence(
    browser: Browser, tmp_path: Path
) -> None:
    """The page of the upload says why, a trial ends in the same sentence, and the next file is taken."""
    for name, rows in (("a", CORNERS), ("b", HIDDEN_CORNERS), ("c", ENDLESS_DATE)):
        there, text = browser.upload(raw_workbook(tmp_path / f"{name}.xlsx", rows))
        assert "另存" in text, (name, text)
        browser.post(f"{there}/trial", there)
        text = browser.page_when_done(there)
        assert "另存" in text and "系统异常" not in text, (name, text)
    _, text = browser.upload(csv_file(tmp_path, CALL_HEADER, CALL_1))
    assert "主叫号码" in text
    assert browser.server.poll() is None
