"""An instance with an embedded server of its own, used by commands and HTTP as people and machines do."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from http.client import HTTPException
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import psutil  # type: ignore[import-untyped]
import psycopg

from ingest.importing.import_file import import_file
from kpi.figures import results
from tests.conftest import SETTINGS
from tests.faults.victim import Order
from tests.ingest.facts import facts_of
from tests.tracker.servers import ROOT
from tracker import centers, embedded
from tracker.database import Database, open_database
from tracker.events.times import BEIJING
from tracker.settings import Settings
from tracker.vault import Vault
from web.access import api_tokens
from web.access.api_tokens import Scope
from web.checking import CheckReport, check_instance

PATIENCE = 900.0  # seconds
KEY = b"k" * 32
_COUNTED = ("events", "quarantine", "deliveries", "covered_days", "held_deliveries")
_FIGURES = """
    SELECT period, indicator, numerator, denominator, value, status, reason FROM figures
    WHERE center_id = %s ORDER BY period, indicator
"""
_OPEN = "SELECT count(*) FROM jobs WHERE state IN ('queued', 'running') OR worker IS NOT NULL"


class Server(NamedTuple):
    """The pages of an instance, as a machine sees them."""

    address: str
    process: "subprocess.Popen[str]"

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    def send(self, path: Path, center: str, token: str, to: str) -> int:
        """Sends a file to an address of the API; the status of the answer, 0 for none."""
        there = f"/api/centers/{center}/{to}?name={quote(path.name)}"
        return self.ask(there, token, path.read_bytes())

    def ask(self, there: str, token: str = "none", data: bytes | None = None) -> int:
        """The status of an answer, 0 for none."""
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/octet-stream"}
        request = urllib.request.Request(self.address + there, data, headers)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as problem:
            return problem.code
        except (OSError, HTTPException):
            return 0


class Instance:
    """Its folder, and the processes that are begun over it."""

    database: Database

    def __init__(self, folder: Path, *, is_begun: bool = True) -> None:
        self.folder = folder
        self.home = folder / "var"
        if is_begun:
            self.begin_server()

    def begin_server(self) -> None:
        """Uses the server, so that it does not end with each command."""
        self._hurry(embedded.start_server(self.home / "postgres"))
        self.database = open_database(self._settings())

    def end(self) -> None:
        """Stops the server."""
        self.database.close()
        embedded.stop_server(self.home / "postgres")

    def clear(self) -> None:
        """Begins with an empty database; files stay."""
        self.database.close()
        with psycopg.connect(embedded.start_server(self.home / "postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'empty'").fetchone():
                connection.execute("ALTER DATABASE hotline RENAME TO empty")
            connection.execute("DROP DATABASE IF EXISTS hotline WITH (FORCE)")
            connection.execute("CREATE DATABASE hotline TEMPLATE empty STRATEGY FILE_COPY")

    def _hurry(self, url: str) -> None:
        """Has the server wait for no disk: here processes die, and no machine does."""
        with psycopg.connect(url, autocommit=True) as connection:
            for setting in SETTINGS:
                connection.execute(f"ALTER SYSTEM SET {setting}")
            connection.execute("SELECT pg_reload_conf()")

    def reopen(self) -> None:
        """Starts the server again if it has died."""
        self.database.close()
        self.database = open_database(self._settings())

    def make_center(self, code: str) -> str:
        """A centre, and a token with which a machine may send it files."""
        now = datetime.now(BEIJING)
        with self.database.connect() as connection:
            centers.create_center(connection, code, code, now=now)
            scopes = frozenset({Scope.FILES})
            return api_tokens.issue(connection, code, "平台", scopes=scopes, by="test", now=now)

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """A command that nobody disturbs."""
        return subprocess.run(
            [sys.executable, "-m", "web.cli", *arguments],
            cwd=ROOT, env=self._environment(), capture_output=True, text=True, check=False, timeout=PATIENCE,
        )  # fmt: skip

    def begin(
        self, order: Order | None, *arguments: str, output: str = "output.log"
    ) -> "subprocess.Popen[str]":
        """A command, with what is to befall it; its output goes to a file."""
        how = ["-m", "web.cli"] if order is None else ["-m", "tests.faults.victim", order.write()]
        with (self.folder / output).open("w", encoding="utf-8") as file:
            return subprocess.Popen(
                [sys.executable, *how, *arguments],
                cwd=ROOT, env=self._environment(), stdout=file, stderr=file, text=True,
            )  # fmt: skip

    def read_output(self, output: str = "output.log") -> str:
        """What a command that was begun last printed."""
        return (self.folder / output).read_text(encoding="utf-8")

    @contextmanager
    def serve(self, order: Order | None = None) -> "Iterator[Server]":
        """The pages, from when they answer until they are ended or have died."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        process = self.begin(order, "serve", "--port", str(port))
        server = Server(f"http://127.0.0.1:{port}", process)
        try:
            wait_until(lambda: not server.is_running or server.ask("/api/centers/none/files/none") == 401)
            yield server
        finally:
            process.terminate()
            process.wait(PATIENCE)

    def let_beats_grow_old(self) -> None:
        """Lets pass, for jobs whose process is gone, the time after which others may take them."""
        with self.database.connect_as_owner() as connection:
            rows = connection.execute("SELECT key, worker FROM jobs WHERE worker IS NOT NULL").fetchall()
            for key, worker in rows:
                if not psutil.pid_exists(int(worker.rpartition("-")[2])):
                    connection.execute(
                        "UPDATE jobs SET beat_at = beat_at - interval '1 hour' WHERE key = %s", (key,)
                    )

    def is_idle(self) -> bool:
        """Whether no job waits and none is being done; False while there is no database."""
        try:
            with self.database.connect() as connection:
                return connection.execute(_OPEN).fetchone() == (0,)
        except psycopg.OperationalError:
            return False

    def list_states(self, center: str) -> list[tuple[str, str | None]]:
        """States of a centre's jobs, each with its problem."""
        with self.database.connect() as connection:
            rows = connection.execute(
                "SELECT state, problem FROM jobs WHERE center_id = %s ORDER BY key", (center,)
            )
            return rows.fetchall()

    def deliver(self, path: Path, center: str) -> None:
        """The same file for another centre, undisturbed."""
        import_file(
            self.database, self.home, path, center, now=datetime.now(BEIJING), vault=Vault(KEY),
        )  # fmt: skip

    def describe(self, center: str) -> dict[str, Any]:
        """Everything that an import leaves, without what depends on when it was done and for whom."""
        with self.database.connect() as connection:
            counts = {
                table: connection.execute(
                    f"SELECT count(*) FROM {table} WHERE center_id = %s", (center,)
                ).fetchone()
                for table in _COUNTED
            }
            events = connection.execute(
                "SELECT seq, type, subject, slot, occurred_at, as_of, row FROM events"
                " WHERE center_id = %s AND source <> 'ledger'",
                (center,),
            ).fetchall()
            return {
                "counts": counts,
                "events": Counter(one[1:] for one in events),
                "order": sorted(one[0] for one in events),
                "facts": facts_of(connection, center),
            }

    def compute_figures(self, center: str) -> None:
        """Brings them up to date."""
        with self.database.engine.begin() as connection:
            results.bring_up_to_date(connection, center, datetime.now(BEIJING))

    def read_figures(self, center: str) -> list[tuple[Any, ...]]:
        """What the figures of a centre say, as they stand."""
        with self.database.connect() as connection:
            return connection.execute(_FIGURES, (center,)).fetchall()

    def check(self, center: str) -> CheckReport:
        """What `hotline check` says of it."""
        return check_instance(self.database, self._settings(), datetime.now(BEIJING), center)

    def _settings(self) -> Settings:
        return Settings(self.home, None, None, KEY, None)

    def _environment(self) -> dict[str, str]:
        own = {"HOTLINE_HOME": str(self.home), "HOTLINE_VAULT_KEY": KEY.hex(), "PYTHONIOENCODING": "utf-8"}
        return {name: value for name, value in os.environ.items() if not name.startswith("HOTLINE_")} | own


def wait_until(condition: Callable[[], bool]) -> None:
    """Looks until it holds. Raises: AssertionError after a quarter of an hour."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.05)
