"""The `hotline` command: loads what is called and nothing else; tells problems in one line."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import click
import pytest

from tracker.database import Database
from web import cli
from web.cli import COMMANDS, is_for_a_person, main

ROOT = Path(__file__).parents[2]


def loaded_by(*arguments: str) -> set[str]:
    """The modules that are loaded after a command has run in a process of its own."""
    script = (
        "import sys\nfrom web.cli import main\n"
        f"try: main({list(arguments)!r})\nexcept SystemExit: pass\n"
        "print('LOADED', *sorted(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    return set(done.stderr.rpartition("LOADED ")[2].split())


@pytest.mark.parametrize("command", [entry.name for entry in COMMANDS if not entry.place.startswith("web.")])
def test_a_command_of_another_room_loads_neither_the_pages_nor_the_scheduler(command: str):
    assert not loaded_by(command, "--help") & {"flask", "apscheduler", "waitress", "web.application"}


def test_the_list_of_commands_loads_no_command():
    rooms = {name for name in loaded_by("--help") if name.partition(".")[0] in ("tracker", "kpi", "ingest")}
    assert rooms == set()


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.name)
def test_every_command_is_where_the_table_says(entry: cli.CommandEntry):
    module, _, attribute = entry.place.partition(":")
    command = getattr(import_module(module), attribute)
    assert isinstance(command, click.Command)
    assert command.name == entry.name


def test_the_list_names_every_command(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ending:
        main(["--help"])
    told = capsys.readouterr().out
    assert ending.value.code == 0
    assert all(f"  {entry.name} " in told and entry.help in told for entry in COMMANDS)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("nope", "没有“nope”这个命令，用 hotline --help 查看全部命令。"),
        ("center add x", "缺少 --name，用 --help 查看用法。"),
        ("kpi 2023 --definiton", "没有 --definiton 这个选项，是不是 --definition？"),
        ("month report 2023 a.docx", "月份：“2023”不是月份；月报按月生成，请写 2023-05。"),
    ],
)
def test_a_mistyped_line_is_told_in_chinese(line: str, told: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ending:
        main(line.split())
    assert ending.value.code == 2
    assert capsys.readouterr().err.splitlines()[-1] == f"错误：{told}"


@pytest.fixture
def outcome(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """What a command that raises prints, and its exit code."""

    def run(problem: Exception) -> tuple[str, object]:
        @click.command("kpi")
        def raising() -> None:
            raise problem

        monkeypatch.setattr(cli.LazyGroup, "get_command", lambda *_: raising)
        with pytest.raises(SystemExit) as ending:
            main(["kpi"])
        return capsys.readouterr().err, ending.value.code

    return run


def test_a_group_without_its_command_prints_its_help_once(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ending:
        cli.main(["people"])
    assert ending.value.code == 2
    assert capsys.readouterr().err.count("Usage:") == 1


def test_a_problem_that_a_person_can_mend_is_one_line(outcome):
    from tracker.centers import CenterProblem

    assert outcome(CenterProblem("没有编号为“x”的中心。")) == ("错误：没有编号为“x”的中心。\n", 2)


def test_a_wrong_option_is_told_with_the_usage(outcome):
    told, code = outcome(click.UsageError("缺少统计期。"))
    assert told.endswith("错误：缺少统计期。\n")
    assert code == 2


def test_cancelling_is_not_a_fault(outcome):
    assert outcome(click.Abort()) == ("错误：已取消。\n", 130)


def test_a_fault_of_ours_is_not_hidden(monkeypatch: pytest.MonkeyPatch):
    @click.command("kpi")
    def raising() -> None:
        raise KeyError("x")

    monkeypatch.setattr(cli.LazyGroup, "get_command", lambda *_: raising)
    with pytest.raises(KeyError):
        main(["kpi"])


def test_all_our_own_exceptions_are_for_a_person():
    from ingest.importing.file_paths import NoSuchFile
    from tracker.embedded import EmbeddedServerProblem
    from tracker.periods import PeriodProblem
    from tracker.settings import SettingProblem

    kinds = (NoSuchFile, EmbeddedServerProblem, PeriodProblem, SettingProblem, LookupError)
    assert all(is_for_a_person(kind("…")) for kind in kinds)
    assert not any(is_for_a_person(kind("…")) for kind in (KeyError, IndexError, ValueError, RuntimeError))


def test_a_bad_setting_is_told_in_one_line(tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-m", "web.cli", "jobs", "list"],
        cwd=ROOT,
        env={"HOTLINE_HOME": str(tmp_path), "HOTLINE_DATABASE_URL": "mysql://x", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("错误：HOTLINE_DATABASE_URL 应写成 postgresql://")
    assert done.stderr.count("\n") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM")
def test_a_command_that_the_system_ends_clears_up(tmp_path: Path):
    script = (
        "import sys\nfrom pathlib import Path\n"
        "from tracker.file_writing import WorkingFolder\nfrom web import cli\n"
        "cli._end_by_signals()\n"
        f"with WorkingFolder(Path({str(tmp_path)!r})):\n print('begun', flush=True)\n sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        process.terminate()
        process.wait()
    assert list(tmp_path.iterdir()) == []


def test_a_connection_that_ends_is_told_without_a_trace(
    database: Database, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("HOTLINE_DATABASE_URL", database.url)
    monkeypatch.setenv("HOTLINE_ADMIN_DATABASE_URL", database.admin_url)
    monkeypatch.setenv("HOTLINE_HOME", str(home))
    monkeypatch.setattr(
        "tracker.centers.list_known_centers",
        lambda connection: connection.execute("SELECT pg_terminate_backend(pg_backend_pid())"),
    )
    with pytest.raises(SystemExit) as ending:
        main(["center", "list"])
    told = capsys.readouterr().err
    assert ending.value.code == 2
    assert told.startswith("错误：与数据库的连接断开了") and "Traceback" not in told
