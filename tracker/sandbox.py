"""Work on what strangers sent, in a process of its own with limits of memory and time.

Readers of workbooks, pictures and PDF can be brought down, or made to take all there is, by a file of a
kilobyte. Here that ends the process that read it, and becomes a `SandboxEnded` in the one that asked.

One process begun anew (`_serve`), which starts no thread and holds nothing of its parent's, forks another for
each piece of work; from any thread that takes milliseconds. It waits for the fork's end, says how it ended,
and ends it when whoever asked has gone. Where there is no fork (Windows), `multiprocessing` begins each
process anew, and memory and processor time have no limit.

What comes back is JSON and never a pickle: no code comes with it.
"""

import gc
import importlib
import json
import logging
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import traceback
import weakref
from collections.abc import Callable, Iterator
from contextlib import suppress
from enum import StrEnum
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

if sys.platform != "win32":
    import resource

MEMORY = 2 << 30  # bytes of address space: 170,000 call rows of a workbook take a fifth of it
SECONDS = 60  # of processor time for any file,
BYTES_A_SECOND = 1 << 18  # and four for each megabyte: what is packed holds ten times as much
_PATIENCE = 5  # times as long is waited for an answer: others use the processors too

_ANSWER, _PLACE, _FAULT, _NO_MEMORY = b"a", b"p", b"f", 77  # the last is an exit code
_LARGEST_ANSWER = 1 << 30  # bytes
_NAME = 128  # bytes of a module's name, as it is sent
_SECRET = "HOTLINE_"  # settings that begin so are kept from the process

logger = logging.getLogger(__name__)


class Limits(NamedTuple):
    """What a piece of work may take."""

    memory: int = MEMORY  # bytes
    seconds: int = SECONDS  # of processor time
    written: int = 0  # bytes of the largest file that it may write

    @classmethod
    def for_bytes(cls, size: int) -> "Limits":
        """For a file of this size."""
        return cls(seconds=SECONDS + size // BYTES_A_SECOND)


class Ending(StrEnum):
    """Why a process ended before its work did."""

    MEMORY = "memory"
    TIME = "time"
    CRASH = "crash"


class SandboxEnded(Exception):
    """读取文件的进程中途停止。"""

    def __init__(self, ending: Ending, limits: Limits) -> None:
        super().__init__(ending)
        self.ending, self.limits = ending, limits

    def sentence(self, file: str, remedy: str) -> str:
        """What a person is told: `file` as she calls it (工作簿, 图片), and what to do instead."""
        match self.ending:
            case Ending.MEMORY:
                why = f"读取时需要的内存超过 {self.limits.memory / (1 << 30):.2g} GB 的上限"
            case Ending.TIME:
                why = f"读取时间超过 {self.limits.seconds} 秒的上限"
            case _:
                why = "里面有读取程序处理不了的内容"
        return f"{file}读不进来：{why}，已停止读取，没有写入任何内容。{remedy}"


class Channel:
    """The work's side: requests come in, answers go out."""

    def __init__(self, connection: "Connection[Any, Any]") -> None:
        self._connection = connection

    def requests(self) -> Iterator[Any]:
        """What is asked, until nobody asks any more."""
        with suppress(EOFError, OSError):
            while True:
                yield json.loads(self._connection.recv_bytes())

    def answer(self, content: bytes) -> None:
        """Sends JSON, however it was written."""
        self._connection.send_bytes(_ANSWER + content)

    def begin(self, place: str) -> None:
        """Says what is read from now on, for the sentence of whoever asked should it be the end."""
        self._connection.send_bytes(_PLACE + place.encode(errors="replace"))

    def fail(self, fault: str) -> None:
        """Sends a traceback, for the log of whoever asked."""
        self._connection.send_bytes(_FAULT + fault.encode(errors="replace"))


Work = Callable[[Channel, Any], None]


class Sandbox:
    """A process at work, for one thread at a time; it ends with this object, or when it is closed."""

    def __init__(self, work: str, argument: Any, limits: Limits) -> None:
        """`work`: module:function, a `Work`; `argument`: what JSON can hold. Raises: OSError."""
        self.limits = limits
        self.place = ""  # what is being read, as the work said last
        self._process = _begin(work.partition(":")[0])
        self._connection = self._process.connection
        self._end = weakref.finalize(self, self._process.end)
        self._send([work, argument, limits])

    def ask(self, request: Any) -> None:
        """Sends what JSON can hold."""
        self._send(request)

    def receive(self) -> bytes:
        """The JSON of the next answer. Raises: SandboxEnded."""
        try:
            if not self._connection.poll(self.limits.seconds * _PATIENCE):
                raise self._end_with(Ending.TIME)
            answer = self._connection.recv_bytes(_LARGEST_ANSWER)
            if answer.startswith(_PLACE):
                self.place = answer[1:].decode()
                return self.receive()
        except (EOFError, OSError):
            raise self._end_with(self._process.find_ending()) from None
        if not answer.startswith(_ANSWER):
            logger.error("reading a file failed\n%s", answer[1:].decode(errors="replace"))
            raise self._end_with(Ending.CRASH)
        return answer[1:]

    def close(self) -> None:
        """Ends the process, whatever it is doing."""
        self._end()

    def _send(self, request: Any) -> None:
        with suppress(OSError):  # a process that has ended is missed when its answer is
            self._connection.send_bytes(json.dumps(request).encode())

    def _end_with(self, ending: Ending) -> SandboxEnded:
        logger.warning("reading a file was stopped: %s", ending)
        self.close()
        return SandboxEnded(ending, self.limits)


def run(work: str, argument: Any, limits: Limits) -> Any:
    """The one answer of a piece of work, from its JSON. Raises: SandboxEnded, OSError."""
    sandbox = Sandbox(work, argument, limits)
    try:
        return json.loads(sandbox.receive())
    finally:
        sandbox.close()


def _perform(connection: "Connection[Any, Any]") -> None:
    """The process itself: does what it is told first."""
    channel = Channel(connection)
    for work, argument, limits in channel.requests():
        _limit(Limits(*limits))
        module, _, name = work.partition(":")
        try:
            getattr(importlib.import_module(module), name)(channel, argument)
        except MemoryError:
            os._exit(_NO_MEMORY)
        except (BrokenPipeError, ConnectionResetError):
            pass  # nobody asks any more
        except BaseException:  # a panic in calamine is no Exception
            channel.fail(traceback.format_exc())
        return


def _limit(limits: Limits) -> None:
    """No more memory, processor time and written bytes, and no core dump; where the system can."""
    if sys.platform != "win32":
        for what, most, hardest in (
            (resource.RLIMIT_AS, limits.memory, limits.memory),
            (resource.RLIMIT_CPU, limits.seconds, limits.seconds + _PATIENCE),
            (resource.RLIMIT_FSIZE, limits.written, limits.written),
            (resource.RLIMIT_CORE, 0, 0),
        ):
            with suppress(ValueError, OSError):  # macOS does not limit the address space
                resource.setrlimit(what, (most, hardest))


if sys.platform == "win32":
    from multiprocessing import get_context

    class _Process:
        """A process begun anew."""

        def __init__(self) -> None:
            processes = get_context("spawn")
            self.connection, theirs = processes.Pipe()
            self._process = processes.Process(target=_perform, args=(theirs,), daemon=True)
            self._process.start()
            theirs.close()

        def find_ending(self) -> Ending:
            self._process.join(_PATIENCE)
            return Ending.MEMORY if self._process.exitcode == _NO_MEMORY else Ending.CRASH

        def end(self) -> None:
            self.connection.close()
            self._process.terminate()

    def _begin(module: str) -> _Process:
        return _Process()

else:

    class _Process:
        """A fork of the process that does nothing else."""

        def __init__(self, connection: "Connection[Any, Any]", watcher: socket.socket) -> None:
            self.connection = connection
            self._watcher = watcher

        def find_ending(self) -> Ending:
            """Why it ended, as its own parent says."""
            self._watcher.settimeout(_PATIENCE)
            try:
                code = int(self._watcher.recv(16) or b"0")
            except (OSError, ValueError):
                return Ending.CRASH
            if code in (_NO_MEMORY, -signal.SIGABRT, -signal.SIGKILL):
                return Ending.MEMORY
            return Ending.TIME if code == -signal.SIGXCPU else Ending.CRASH

        def end(self) -> None:
            """Hangs up, upon which its own parent ends it."""
            self.connection.close()
            self._watcher.close()

    class _Forker:
        """The process that forks, begun once and again when it is gone."""

        def __init__(self) -> None:
            self._lock = threading.Lock()
            self._control: socket.socket | None = None
            self._of = 0  # the process that began it
            self._server: subprocess.Popen[bytes] | None = None

        def fork(self, module: str) -> _Process:
            """A fork that has imported a module."""
            ours, theirs = socket.socketpair()
            watcher, watched = socket.socketpair()
            with theirs, watched:
                self._hand_over(module, [theirs.fileno(), watched.fileno()])
            return _Process(Connection(ours.detach()), watcher)

        def _hand_over(self, module: str, files: list[int]) -> None:
            asked = module.encode().ljust(_NAME)
            with self._lock:
                if self._control is None or self._of != os.getpid():
                    self._control = self._begin_server()
                try:
                    socket.send_fds(self._control, [asked], files)
                except OSError:
                    self._control = self._begin_server()
                    socket.send_fds(self._control, [asked], files)

        def _begin_server(self) -> socket.socket:
            ours, theirs = socket.socketpair()
            with theirs:
                self._server = subprocess.Popen(
                    [sys.executable, "-c", f"from tracker.sandbox import _serve; _serve({theirs.fileno()})"],
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env=_make_environment(),
                    start_new_session=True,  # Ctrl+C is for those that ask
                )
            self._of = os.getpid()
            return ours

    def _make_environment() -> dict[str, str]:
        here = {name: value for name, value in os.environ.items() if not name.startswith(_SECRET)}
        folders = [str(Path(one).absolute()) for one in sys.path]
        return here | {"PYTHONPATH": os.pathsep.join(folders), "PYTHONDONTWRITEBYTECODE": "1"}

    class _Child(NamedTuple):
        """A fork at work."""

        process: int
        alive: int  # a pipe that it alone can write to, and never does: its end is the process's
        watched: int  # a socket: hung up when nobody waits any more; takes how the process ended

    class _Nursery:
        """What the process that forks knows of its children."""

        def __init__(self, control: socket.socket) -> None:
            self._control = control
            self._children: dict[int, _Child] = {}  # by both of their files
            self._waiting = select.poll()
            self._waiting.register(control, select.POLLIN)

        def serve(self) -> None:
            """Forks once for each pair of sockets that comes, until nobody sends any."""
            while True:
                ready = {file for file, _ in self._waiting.poll()}
                for file in ready & self._children.keys():
                    self._look_after(file)
                if self._control.fileno() in ready:
                    module, files, _, _ = socket.recv_fds(self._control, _NAME, 2)
                    if not module:
                        return
                    _import(module.decode().strip())
                    self._fork(*files)

        def end_all(self) -> None:
            for child in self._children.values():
                os.kill(child.process, signal.SIGKILL)

        def _fork(self, connection: int, watched: int) -> None:
            alive, lives = os.pipe()
            process = os.fork()
            if process == 0:
                for file in (self._control.fileno(), alive, watched, *self._children):
                    os.close(file)
                with suppress(BaseException):
                    _perform(Connection(connection))
                os._exit(0)
            os.close(lives)
            os.close(connection)
            self._children[alive] = self._children[watched] = _Child(process, alive, watched)
            self._waiting.register(alive, select.POLLIN)
            self._waiting.register(watched, 0)  # that it was hung up is told unasked

        def _look_after(self, file: int) -> None:
            child = self._children.get(file)
            if child is None:  # both of its files were ready
                return
            if file == child.watched:
                os.kill(child.process, signal.SIGKILL)
            _, status = os.waitpid(child.process, 0)
            with suppress(OSError):
                os.write(child.watched, str(os.waitstatus_to_exitcode(status)).encode())
            for one in (child.alive, child.watched):
                self._waiting.unregister(one)
                del self._children[one]
                os.close(one)

    def _import(module: str) -> None:
        """Imports what the forks will need; what fails here fails in them again, and is told there."""
        if module not in sys.modules:
            with suppress(Exception):
                importlib.import_module(module)
            gc.freeze()  # a collection would write to, and thereby copy, what the forks share

    def _serve(file: int) -> None:
        """The process that forks."""
        gc.disable()
        with socket.socket(fileno=file) as control:
            nursery = _Nursery(control)
            try:
                nursery.serve()
            finally:
                nursery.end_all()

    _FORKER = _Forker()

    def _begin(module: str) -> _Process:
        return _FORKER.fork(module)
