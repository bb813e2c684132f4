"""Two processes do the same at the same moment: it is done once, and both say what became of it.

Two people who ask for the same of a month are `tests/kpi/test_two_people_at_once.py`'s.
"""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.instance import Instance, wait_until
from tests.faults.kills import make_folder
from tests.ingest.tables import CALL_1, CALL_HEADER, csv_file

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="processes are ended by signals"),
]

LOG = "SELECT 1 FROM heads WHERE center_id = '{}' FOR UPDATE"
QUEUE = "SELECT pg_advisory_xact_lock(hashtext('hotline jobs'))"
WAITING = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


@pytest.fixture(scope="module")
def instance() -> Iterator[Instance]:
    with make_folder() as folder:
        instance = Instance(folder)
        yield instance
        instance.end()


def calls(instance: Instance, center: str) -> Path:
    """A file of its own for a centre."""
    rows = (CALL_1.replace("c1", f"{center}x{n}").replace("00000001", f"{n:08}") for n in range(50))
    folder = instance.folder / center
    folder.mkdir()
    return csv_file(folder, CALL_HEADER, *rows, "坏行", name="话单_2023-05.csv")


@contextmanager
def both_waiting(instance: Instance, lock: str) -> Iterator[None]:
    """Whoever is begun within waits for a lock, until two do."""
    with instance.database.connect_as_owner() as connection, instance.database.connect_as_owner() as other:
        other.autocommit = True
        connection.execute(lock)
        yield
        wait_until(lambda: other.execute(WAITING).fetchone() == (2,))


def run_twice(instance: Instance, lock: str, *arguments: str) -> list[str]:
    """What a command says that runs twice at once, and does not fail."""
    with both_waiting(instance, lock):
        both = [instance.begin(None, *arguments, output=f"{number}.log") for number in range(2)]
    assert [one.wait() for one in both] == [0, 0]
    return [instance.read_output(f"{number}.log") for number in range(2)]


def check_like_undisturbed(instance: Instance, center: str, path: Path) -> None:
    """The centre holds what another one does that was given the file once."""
    other = f"{center}-other"
    instance.make_center(other)
    instance.deliver(path, other)
    assert instance.describe(center) == instance.describe(other)
    assert instance.check(center).faults == 0


def test_two_imports_of_a_file_are_one(instance: Instance) -> None:
    instance.make_center("twice")
    path = calls(instance, "twice")
    said = run_twice(instance, LOG.format("twice"), "ingest", str(path), "--center", "twice")
    assert sorted("新增 50" in one for one in said) == [False, True], said
    check_like_undisturbed(instance, "twice", path)


def test_two_machines_that_send_a_file_send_it_once(instance: Instance) -> None:
    token = instance.make_center("sent")
    path, answers = calls(instance, "sent"), []
    with instance.serve() as server:

        def send() -> None:
            answers.append(server.send(path, "sent", token, "deliveries"))

        threads = [threading.Thread(target=send) for _ in range(2)]
        with both_waiting(instance, LOG.format("sent")):
            for thread in threads:
                thread.start()
        for thread in threads:
            thread.join()
    assert sorted(answers) == [200, 201]
    check_like_undisturbed(instance, "sent", path)


def test_scheduled_work_that_two_processes_begin_is_done_by_one(instance: Instance) -> None:
    instance.make_center("jobs")
    instance.deliver(calls(instance, "jobs"), "jobs")
    said = run_twice(instance, QUEUE, "jobs", "run", "figures-recorded")
    assert sorted("另一个进程正在运行" in one for one in said) == [False, True], said
    figures = instance.read_figures("jobs")
    assert figures
    instance.compute_figures("jobs")
    assert instance.read_figures("jobs") == figures


def test_two_first_commands_of_an_instance_make_one() -> None:
    """Both want to start the server, make the database and the centre, and import."""
    with make_folder("first") as folder:
        instance = Instance(folder, is_begun=False)
        path = calls(instance, "main")
        both = [instance.begin(None, "ingest", str(path), output=f"{number}.log") for number in range(2)]
        codes = [one.wait() for one in both]
        assert codes == [0, 0], [instance.read_output(f"{number}.log") for number in range(2)]
        instance.begin_server()
        check_like_undisturbed(instance, "main", path)
        instance.end()
