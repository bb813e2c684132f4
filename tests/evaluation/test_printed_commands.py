"""Every command that a rehearsal prints runs as printed, with several centres in the instance."""

import shlex
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from kpi.evaluation.rehearsal.commands import TerminalCommands
from kpi.evaluation.rehearsal.rehearse import rehearse
from kpi.evaluation.rehearsal.report import format_rehearsal
from tests.conftest import IMPORTED, fresh_database
from tests.evaluation.cases import scheme_of, written
from tests.evaluation.test_rehearsal import CENTER, SMALL
from tracker import centers
from tracker.database import Database
from tracker.events.times import BEIJING
from tracker.periods import Year


@pytest.fixture(scope="module")
def two(server_url: str, computed_year: str) -> Iterator[Database]:
    """The sample year, and a second centre beside it."""
    for database in fresh_database(server_url, computed_year):
        with database.connect() as raw:
            centers.create_center(raw, "hmi", "哈密", now=IMPORTED)
        yield database


@pytest.fixture
def run(two: Database, home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOTLINE_HOME", str(home))
    monkeypatch.setenv("HOTLINE_DATABASE_URL", two.url)
    monkeypatch.setenv("HOTLINE_ADMIN_DATABASE_URL", two.admin_url)
    from web.cli import hotline

    def run(command: str) -> click.testing.Result:
        program, *words = shlex.split(command)
        assert program == "hotline"
        return CliRunner().invoke(hotline, words)

    return run


def commands(two: Database, key: str, on: datetime) -> list[str]:
    with two.engine.connect() as connection:
        found = rehearse(connection, CENTER, scheme_of(key), 2023, on, as_if=on != IMPORTED)
    lines = [line.strip() for line in format_rehearsal(found, how=True)]
    typed = [one for task in found.tasks for remedy in task.remedies for one in remedy.commands]
    assert set(typed) == {line for line in lines if line.startswith("hotline")}  # each on a line of its own
    return list(dict.fromkeys(typed))


@pytest.mark.slow
@pytest.mark.parametrize("key", ["urumqi-2023", "turpan-2022", "changji-2023", "zizhou-2021", "tianmen-2022"])
def test_every_command_of_a_rehearsal_runs_as_printed(two: Database, run, key: str):
    typed = [
        one
        for on in (IMPORTED, *(datetime(2023, month, 1, tzinfo=BEIJING) for month in (1, 4)))
        for one in commands(two, key, on)
    ]
    assert any(one.startswith("hotline attest") for one in typed)
    for command in dict.fromkeys(typed):
        told = run(command)
        assert told.exit_code != 2, (command, told.output)  # what click answers to a wrong option
        if command.startswith("hotline attest"):  # 实际值 is the reader's to write: all else is taken
            assert "实际值" in str(told.exception), (command, told.output)
        else:
            assert told.exception is None, (command, told.exception)


def test_a_command_that_names_no_centre_would_not_do(run):
    """So that the test above can fail."""
    assert "有多个中心" in str(run("hotline kpi 2023").exception) or run("hotline kpi 2023").exit_code


def test_a_scheme_that_is_no_packaged_one_is_called_as_it_was_given(two: Database, run, tmp_path: Path):
    path = written(
        tmp_path, SMALL.replace("[indicators.A2]", "[indicators.A2]\ndocument = false"), "我的 方案.toml"
    )
    told = run(f"hotline rehearse {shlex.quote(str(path))} --center tlf --how")
    assert told.exception is None
    typed = TerminalCommands("tlf", Year(2023), str(path)).attest(scheme_of("urumqi-2023").items[0])
    assert shlex.split(typed)[2] == str(path)
