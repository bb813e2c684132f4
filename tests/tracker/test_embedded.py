"""The embedded server: nobody else gets in, a home has its own server, which ends with its last user."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil  # type: ignore[import-untyped]
import psycopg
import pytest
import sqlalchemy as sa

from tests.tracker.servers import find_postmaster, is_root, kill_server, use, wait_until
from tracker import embedded
from tracker.embedded import EmbeddedServerProblem, server, wheel
from tracker.embedded.files import ServerFiles, replace_file

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def at_rest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose server was used once; to be copied."""
    home = tmp_path_factory.mktemp("rest") / "home"
    with use(home / "postgres"):
        pass
    return home


@pytest.fixture
def folder(at_rest: Path, tmp_path: Path) -> Iterator[Path]:
    """A data folder of this test's own; whatever runs on it in the end is stopped."""
    yield copy_home(at_rest, tmp_path / "home")
    embedded.stop_server(tmp_path / "home" / "postgres")


def copy_home(home: Path, target: Path) -> Path:
    """A copy with owners and modes; gives its data folder."""
    target.parent.mkdir(exist_ok=True)
    subprocess.run(["cp", "-a", home, target], check=True)
    return target / "postgres"


def is_running(folder: Path) -> bool:
    files = ServerFiles(folder)
    with files.hold():
        return server.is_running(files)


def ask(url: str, statement: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(statement).fetchone()
        return row and row[0]


def with_password(url: str, password: str | None) -> str:
    return sa.make_url(url)._replace(password=password).render_as_string(hide_password=False)


def test_a_first_start_that_was_broken_off_begins_anew(tmp_path: Path):
    folder = tmp_path / "home" / "postgres"
    folder.mkdir(parents=True)
    (folder / "PG_VERSION").write_text("18\n")  # as far as it got
    (folder.parent / "postgres.unfinished").touch()
    with use(folder) as user:
        assert ask(user.url, "SELECT 1") == 1
    assert not (folder.parent / "postgres.unfinished").exists()


def test_nobody_gets_in_without_the_password(folder: Path):
    with use(folder) as user:
        for password in (None, "postgres", "0" * 64):
            with pytest.raises(psycopg.OperationalError, match="password"):
                psycopg.connect(with_password(user.url, password))
        assert ask(user.url, "SELECT string_agg(DISTINCT auth_method, ',') FROM pg_hba_file_rules") == (
            "scram-sha-256"
        )
        assert ask(user.url, "SHOW listen_addresses") in ("", "127.0.0.1")


def test_the_password_stands_where_only_its_owner_reads(folder: Path):
    with use(folder) as user:
        kept = folder.parent / "postgres.server" / "password"
        assert kept.read_text() == sa.make_url(user.url).password
        assert kept.stat().st_mode & 0o777 == 0o600
        assert kept.parent.stat().st_mode & 0o777 == folder.stat().st_mode & 0o777 == 0o700


def test_a_server_made_by_an_older_program_gets_a_password(folder: Path):
    shutil.rmtree(folder.parent / "postgres.server")
    replace_file(folder / "pg_hba.conf", "local all all trust", wheel.get_owner())
    wheel.run("postgres", "--single", "postgres", data=folder, typed="ALTER ROLE postgres PASSWORD NULL")
    with use(folder) as user:
        assert ask(user.url, "SELECT 1") == 1
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(with_password(user.url, None))


def test_no_folder_above_is_opened(at_rest: Path, tmp_path: Path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    folder = copy_home(at_rest, closed / "home")
    folder.parent.chmod(0o700)
    above = [closed, folder.parent, *closed.parents, *Path(sys.prefix).parents]
    before = [path.stat().st_mode for path in above]
    with use(folder) as user:
        assert ask(user.url, "SELECT 1") == 1
        assert [path.stat().st_mode for path in above] == before


def test_a_long_path_takes_a_private_folder_for_its_socket(at_rest: Path, tmp_path: Path):
    folder = copy_home(at_rest, tmp_path / ("home-" + "长" * 40))
    with use(folder) as user:
        host = Path(str(sa.make_url(user.url).query["host"]))
        assert not host.is_relative_to(tmp_path)
        assert host.stat().st_mode & 0o777 == 0o700
        assert host.stat().st_uid == wheel.get_owner()
        with use(folder) as other:
            assert other.url == user.url
        host.chmod(0o755)
        with pytest.raises(EmbeddedServerProblem, match="别的账号也能进入"):
            embedded.start_server(folder)
        host.chmod(0o700)
    with use(folder) as user:
        assert Path(str(sa.make_url(user.url).query["host"])) == host
    host.rmdir()


@pytest.mark.skipif(not is_root(), reason="another account of the system is needed")
@pytest.mark.parametrize("long", [False, True])
def test_another_account_of_the_system_cannot_reach_the_socket(at_rest: Path, long: bool):
    with TemporaryDirectory() as above:
        Path(above).chmod(0o755)  # as open as a home may be
        data = copy_home(at_rest, Path(above) / ("long" * 30 if long else "home"))
        data.parent.chmod(0o755)
        with use(data) as user:
            socket = Path(str(sa.make_url(user.url).query["host"])) / ".s.PGSQL.5432"
            assert socket.is_socket()
            assert "PermissionError" in connect_as("nobody", socket)
            assert "PermissionError" not in connect_as(wheel.ACCOUNT, socket)
        if long:
            socket.parent.rmdir()


def connect_as(account: str, socket: Path) -> str:
    """What an account of the system is told that connects."""
    if not Path("/usr/bin/python3").exists():
        pytest.skip("the system has no Python that every account may run")
    script = "import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])"
    identity = ["setpriv", "--reuid", account, "--clear-groups"]
    command = [*identity, "/usr/bin/python3", "-c", script, str(socket)]
    return subprocess.run(command, capture_output=True, text=True, cwd="/").stderr


def test_the_server_stops_with_its_last_user_though_another_was_killed(folder: Path):
    with use(folder) as first, use(folder) as second:
        first.kill()
        assert ask(second.url, "SELECT 1") == 1
        second.leave()
    assert not is_running(folder)


def test_a_server_whose_users_were_all_killed_stops_with_the_next(folder: Path):
    with use(folder) as user:
        user.kill()
    assert is_running(folder)
    with use(folder):
        pass
    assert not is_running(folder)


def test_it_is_stopped_whoever_uses_it(folder: Path):
    with use(folder) as user:
        assert embedded.stop_server(folder) is True
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(user.url)
        assert embedded.stop_server(folder) is False


def test_a_process_that_stopped_it_uses_the_next_one_too(at_rest: Path, folder: Path):
    """Whoever removes a home and puts another in its place, as restoring a backup does."""
    embedded.start_server(folder)
    embedded.stop_server(folder)
    shutil.rmtree(folder.parent)
    copy_home(at_rest, folder.parent)
    embedded.start_server(folder)
    with use(folder):
        pass
    assert is_running(folder)  # it did not end with its other user


def test_a_copy_made_while_it_runs_is_refused_and_the_original_left_alone(folder: Path, tmp_path: Path):
    copy = tmp_path / "copy"
    with use(folder) as user:
        subprocess.run(["cp", "-a", folder.parent, copy], check=True)
        with pytest.raises(EmbeddedServerProblem, match=r"是在数据库运行时复制的.*hotline stop"):
            embedded.start_server(copy / "postgres")
        assert (
            ask(user.url, "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'") == 1
        )
        assert embedded.stop_server(copy / "postgres") is False
        assert ask(user.url, "SELECT 1") == 1


@pytest.mark.parametrize("name", ["home", "long" * 30])
def test_a_copy_made_at_rest_has_a_server_of_its_own(at_rest: Path, tmp_path: Path, name: str):
    original = copy_home(at_rest, tmp_path / name)
    if name != "home":  # so that a folder for the socket is known before it is copied
        with use(original):
            pass
    copy = copy_home(original.parent, tmp_path / f"{name}-copy")
    with use(original) as one, use(copy) as other:
        assert sa.make_url(one.url).query["host"] != sa.make_url(other.url).query["host"]
        with psycopg.connect(other.url) as connection:
            connection.execute("CREATE TABLE only_there ()")
        assert ask(one.url, "SELECT to_regclass('only_there')") is None
    for user in (one, other):
        folder = Path(str(sa.make_url(user.url).query["host"]))
        if not folder.is_relative_to(tmp_path):
            folder.rmdir()


def test_a_note_that_names_another_living_process_is_not_believed(folder: Path):
    with use(folder) as user:
        user.kill()
    notes = {name: (folder / name).read_text() for name in ("postmaster.pid", ".s.PGSQL.5432.lock")}
    kill_server(folder)
    bystander = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    for name, note in notes.items():
        (folder / name).write_text(note.replace(note.split("\n")[0], str(bystander.pid), 1))
    with use(folder) as user:
        assert ask(user.url, "SELECT 1") == 1
        assert find_postmaster(folder).pid != bystander.pid
    assert bystander.poll() is None
    bystander.communicate(timeout=10)


@pytest.mark.skipif(not is_root(), reason="another account of the system is needed")
def test_a_home_of_another_account_is_refused_with_a_sentence(folder: Path):
    os.chown(folder, 65534, 65534)
    with pytest.raises(EmbeddedServerProblem, match=r"属于系统账号“nobody”.*请用当初启动它的账号运行"):
        embedded.start_server(folder)
    os.chown(folder, wheel.get_owner(), -1)


def test_a_server_that_dies_is_started_again_and_one_that_was_stopped_is_not(folder: Path):
    with use(folder) as user:
        end_watching = embedded.keep_alive(folder)
        kill_server(folder)
        wait_until(lambda: answers(user.url))
        embedded.stop_server(folder)
        end_watching()
        embedded.keep_alive(folder)()
        assert not is_running(folder)


def answers(url: str) -> bool:
    try:
        return ask(url, "SELECT 1") == 1
    except psycopg.OperationalError:
        return False


@pytest.mark.skipif(not is_root(), reason="only root needs another account")
def test_programs_that_the_account_cannot_reach_are_copied_and_no_folder_opened(
    monkeypatch: pytest.MonkeyPatch,
):
    with TemporaryDirectory() as closed, TemporaryDirectory() as open_to_all:
        Path(open_to_all).chmod(0o755)
        installed = wheel._find_programs(None).parent
        there = Path(shutil.copytree(installed, Path(closed) / "pginstall", symlinks=True))
        monkeypatch.setattr(wheel, "_COPIES", Path(open_to_all) / "copies")
        assert not wheel._can_run(there, wheel.ACCOUNT)
        assert wheel._can_run(wheel._copy(there), wheel.ACCOUNT)
        assert wheel._copy(there) == wheel._copy(there)
        assert Path(closed).stat().st_mode & 0o777 == 0o700


def test_what_holds_up_a_start_is_told_with_the_servers_own_words(folder: Path):
    shutil.move(folder / "global" / "pg_control", folder / "global" / "away")
    with pytest.raises(EmbeddedServerProblem, match=r"pg_control[\s\S]*HOTLINE_DATABASE_URL"):
        embedded.start_server(folder)
    assert not any(folder.samefile(one.cwd()) for one in psutil.Process().children(recursive=True))
