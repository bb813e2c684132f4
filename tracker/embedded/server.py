"""One server: whether it runs, how it is started, asked and stopped.

Whether it runs is told by a lock that its processes inherit and hold as long as one of them lives: no number
of a process is believed, and a copy of the folder has a lock of its own. What answers must then say the
random identity that this very start was given.
"""

import hashlib
import hmac
import os
import secrets
import shutil
import sys
import time
from pathlib import Path
from urllib.parse import urlencode

import psutil  # type: ignore[import-untyped]
import psycopg
from psycopg import sql

from tracker.embedded import wheel
from tracker.embedded.address import LOOPBACK, check_socket_folder, choose_address, clear_socket_folder
from tracker.embedded.files import ServerFiles, State, make_password, replace_file
from tracker.embedded.problem import EmbeddedServerProblem

if sys.platform != "win32":
    import fcntl

OWNER = "postgres"
_WAIT = 30.0  # seconds that a server which runs may take to answer
_BETWEEN = 0.05
_ACCESS = """# 由 hotline 在每次启动时重写 / rewritten at each start
local all all scram-sha-256
host all all 127.0.0.1/32 scram-sha-256
"""


def ensure_running(files: ServerFiles) -> str:
    """Joins the server or starts it; gives the address of its owner. Held by the caller.

    Raises: EmbeddedServerProblem with the reason and the tail of the server's own log.
    """
    url = _reach(files)
    if url is None:
        _start(files)
        url = _reach(files)
    if url is None:
        raise EmbeddedServerProblem(_describe(files, "启动后随即停止"))
    return url


def is_running(files: ServerFiles) -> bool:
    """Whether any process of the server lives, whoever started it. Held by the caller."""
    lock = _lock_running(files)
    if lock is not None:
        os.close(lock)
    return lock is None or _find_postmaster(files) is not None


def stop(files: ServerFiles) -> bool:
    """Stops the server if it runs; gives whether it did. Held by the caller."""
    state = files.read_state()
    if state:
        files.write_state(State(state.identity, False, state.inode, state.host, state.port))
    if not is_running(files):
        return False
    if _find_postmaster(files) is None:
        raise EmbeddedServerProblem(
            f"数据目录 {files.data} 由另一个容器或另一台机器上的程序使用，这里停不了它。请在那里停止。"
        )
    wheel.run("pg_ctl", "stop", "-w", "-m", "fast", "-t", f"{wheel.PATIENCE:.0f}", data=files.data)
    return True


def derive_password(password: str, role: str) -> str:
    """The password of another role, from which the owner's cannot be told."""
    return hmac.new(password.encode(), role.encode(), hashlib.sha256).hexdigest()


def _lock_running(files: ServerFiles) -> int | None:
    """The lock that a server holds, taken; None where one does. On Windows it tells nothing."""
    handle = os.open(files.running, os.O_RDWR | os.O_CREAT, 0o600)
    if sys.platform != "win32":
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return None
    return handle


def _find_postmaster(files: ServerFiles) -> psutil.Process | None:
    """The process that PostgreSQL's own note names, if it works in this very folder."""
    try:
        process = psutil.Process(int((files.data / "postmaster.pid").read_text().split("\n", 1)[0]))
        return process if files.data.samefile(process.cwd()) else None
    except (OSError, ValueError, psutil.Error):
        return None


def _reach(files: ServerFiles) -> str | None:
    """The address of the server, once it has said who it is; None when none runs."""
    end = time.monotonic() + _WAIT
    while is_running(files):
        try:
            return _ask(files)
        except psycopg.OperationalError as problem:
            if time.monotonic() > end:
                told = f"已在运行，但连不上：{str(problem).strip()}\n请运行 hotline stop，然后重试。"
                raise EmbeddedServerProblem(_describe(files, told)) from problem
        time.sleep(_BETWEEN)
    return None


def _ask(files: ServerFiles) -> str:
    state, password = files.read_state(), files.read_password()
    if state is None or password is None:
        raise EmbeddedServerProblem(
            f"数据目录 {files.data} 正由旧版本的程序使用。请停止它，再运行 hotline stop，然后重试。"
        )
    check_socket_folder(state.host)
    url = _make_url(state, password)
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT current_setting('hotline.identity', true)").fetchone()
    if row != (state.identity,):
        raise EmbeddedServerProblem(
            f"在 {state.host} 应答的不是数据目录 {files.data} 的数据库，没有使用它。"
            "请运行 hotline stop，然后重试。"
        )
    return url


def _make_url(state: State, password: str) -> str:
    query = {"host": state.host, "port": state.port, "require_auth": "scram-sha-256"}
    return f"postgresql://{OWNER}:{password}@/{OWNER}?{urlencode(query)}"


def _start(files: ServerFiles) -> None:
    _initialise(files)
    _set_aside_old_note(files)
    password = files.read_password() or _set_password(files)
    replace_file(files.data / "pg_hba.conf", _ACCESS, wheel.get_owner())
    host, port = choose_address(files)
    clear_socket_folder(host)
    state = State(secrets.token_hex(16), True, files.inode, host, port)
    files.write_state(state)
    _launch(files, state)
    _let_application_in(_make_url(state, password), password)


def _initialise(files: ServerFiles) -> None:
    if files.unfinished.exists():  # the very first start was broken off: nothing can be in it yet
        shutil.rmtree(files.data, ignore_errors=True)
    if files.data.exists():
        return
    files.unfinished.touch()
    files.data.mkdir(mode=0o700)
    if sys.platform != "win32":
        os.chown(files.data, wheel.get_owner(), -1)
    wheel.run("initdb", "--auth=reject", "--encoding=utf8", f"--username={OWNER}", data=files.data)
    _set_password(files)
    files.unfinished.unlink()


def _set_aside_old_note(files: ServerFiles) -> None:
    """Removes the note of a server that no longer runs, which PostgreSQL would take for another's.

    Raises: EmbeddedServerProblem for a copy that was made while the server ran.
    """
    note = files.data / "postmaster.pid"
    if note.exists() and _has_state_of_another(files):
        raise EmbeddedServerProblem(
            f"{files.data} 是在数据库运行时复制的，副本可能不完整，没有使用它。"
            "请在原来的文件夹上运行 hotline stop，再重新复制。"
            f"原来的文件夹已不存在、只能用这一份的，请删除 {note} 后重试，再用 hotline log verify 核验。"
        )
    note.unlink(missing_ok=True)


def _has_state_of_another(files: ServerFiles) -> bool:
    return (files.folder / "state.json").exists() and files.read_state() is None


def _set_password(files: ServerFiles) -> str:
    """Gives the owner a password while nobody can connect. One hashing round does: it is random."""
    password = make_password()
    statement = f"ALTER ROLE {OWNER} PASSWORD '{password}'\n"
    wheel.run("postgres", "--single", "-c", "scram_iterations=1", OWNER, data=files.data, typed=statement)
    files.write_password(password)
    return password


def _launch(files: ServerFiles, state: State) -> None:
    settings = {
        "listen_addresses": LOOPBACK if state.host == LOOPBACK else "",
        "port": str(state.port),
        "unix_socket_permissions": "0700",
        "password_encryption": "scram-sha-256",
        "scram_iterations": "1",
        "hotline.identity": state.identity,
    }
    socket_folder = None if state.host == LOOPBACK else Path(state.host)
    lock = _lock_running(files)
    if lock is None:
        raise EmbeddedServerProblem(_describe(files, "正由另一个程序启动，请稍后重试"))
    try:
        handed = None if sys.platform == "win32" else lock
        wheel.start(files.data, settings, socket_folder=socket_folder, lock=handed)
    except EmbeddedServerProblem as problem:
        raise EmbeddedServerProblem(
            _describe(files, f"没有启动：{problem}\n{_read_log_tail(files)}")
        ) from problem
    finally:
        os.close(lock)


def _let_application_in(url: str, password: str) -> None:
    """Makes the role under which pages, jobs and commands log in, or sets its password anew."""
    from tracker.migrations.privileges import ROLE

    role = sql.Identifier(ROLE)
    with psycopg.connect(url) as connection:
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (ROLE,)).fetchone():
            connection.execute(sql.SQL("CREATE ROLE {}").format(role))
        rights = sql.SQL("ALTER ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {}")
        connection.execute(rights.format(role, sql.Literal(derive_password(password, ROLE))))


def check_owner(files: ServerFiles) -> None:
    """Raises: EmbeddedServerProblem where the data belong to another account of the operating system."""
    if sys.platform == "win32" or files.unfinished.exists() or not files.data.exists():
        return
    owner, ours = files.data.stat().st_uid, wheel.get_owner()
    if owner != ours:
        raise EmbeddedServerProblem(
            f"数据目录 {files.data} 属于系统账号“{_name(owner)}”，现在要用的是“{_name(ours)}”。"
            f"请用当初启动它的账号运行；确要换账号的，请先停止它，"
            f"再执行 chown -R {_name(ours)} {files.data}。"
        )


def _name(owner: int) -> str:
    import pwd

    try:
        return pwd.getpwuid(owner).pw_name
    except KeyError:
        return str(owner)


def _describe(files: ServerFiles, told: str) -> str:
    return f"内置数据库（数据目录 {files.data}）{told}\n也可设置 HOTLINE_DATABASE_URL 改用已有的 PostgreSQL。"


def _read_log_tail(files: ServerFiles) -> str:
    log = files.data / wheel.LOG
    return "\n".join(log.read_text(errors="replace").splitlines()[-5:]) if log.exists() else ""
