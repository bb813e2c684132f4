"""Server time of every page at the size of the sample year, as medians: `python -m tests.page_speed`."""

import atexit
import tempfile
import time
from pathlib import Path
from statistics import median

from flask.testing import FlaskClient

from kpi.figures import results
from tests.conftest import IMPORTED, deliver, early_files, remove_when_stopped
from tests.web.conftest import add, app_of, grant, signed_in_client
from tests.web.routes import address, parts_of, role_for, rules
from tracker import centers, embedded, migrations
from tracker.database import Database, create_database
from web.access.rights import Role

ROUNDS = 15
LIMIT_MS = 50


def main() -> None:
    """Prints each route with the median over some rounds, the slowest first."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(remove_when_stopped, folder)
    database = sample_database(folder)
    app, took, parts = app_of(database, clock=lambda: IMPORTED), {}, parts_of(database)
    for role in Role:
        of_year = ("tlf", frozenset({2023})) if role is Role.EVALUATOR else ()
        add(database, role.value, grant(role, *of_year), at=IMPORTED)
    for rule in rules():
        client = signed_in_client(app, role_for(app, rule).value, IMPORTED)
        there = address(app, rule, **parts)
        took[there] = median(sorted(_milliseconds(client, there) for _ in range(ROUNDS)))
    for there, milliseconds in sorted(took.items(), key=lambda one: -one[1]):
        print(f"{milliseconds:7.1f} ms  {'✓' if milliseconds < LIMIT_MS else '✕'}  {there}")


def sample_database(folder: Path) -> Database:
    """A server of its own that holds centre-2023 as centre tlf, computed."""
    database = create_database(embedded.start_server(folder / "postgres"), "pages")
    migrations.upgrade(database)
    with database.connect() as connection:
        if not centers.list_known_centers(connection):
            centers.create_center(connection, "tlf", "吐鲁番市12345热线", now=IMPORTED)
    deliver(database, folder / "home", *early_files())
    with database.engine.begin() as connection:
        results.bring_up_to_date(connection, "tlf", IMPORTED)
    with (
        database.connect_as_owner() as connection
    ):  # as the server does by itself within minutes of an import
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE")
    return database


def _milliseconds(client: FlaskClient, there: str) -> float:
    before = time.perf_counter()
    client.get(there).get_data()
    return (time.perf_counter() - before) * 1000


if __name__ == "__main__":
    main()
