"""Work in the background of the serving process, a few pieces at a time.

A piece of work keeps a folder with its state; a page reads the state and so survives reloading. Only the
process that wrote a running state is at it; when that process has gone, the state says so.
"""

import os
import re
import secrets
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

PROCESS = f"{os.getpid()}-{secrets.token_hex(4)}"  # this process, not another one of the same number
KEY = re.compile(r"\d{14}-[0-9a-f]{6}")
AT_ONCE = 2  # a workbook may take 400 MB of memory
PATIENCE = 1.5  # seconds that a request waits for short work, so that its page shows the result
_STATE = "state.json"

_room = threading.Semaphore(AT_ONCE)


def new_key(now: datetime) -> str:
    """A name for a piece of work; names are in the order of their making."""
    return f"{now:%Y%m%d%H%M%S}-{secrets.token_hex(3)}"


def start(work: Callable[[], None]) -> None:
    """Does it as soon as there is room, and waits a little for its end."""
    thread = threading.Thread(target=_in_turn, args=(work,), daemon=True)
    thread.start()
    thread.join(PATIENCE)


def write_state(folder: Path, state: object) -> None:
    """Writes a dataclass; whoever reads meanwhile sees the old one or the new one."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = folder / f".{secrets.token_hex(4)}"
    draft.write_bytes(orjson.dumps(state))
    draft.replace(folder / _STATE)


def read_state(folder: Path) -> dict[str, Any] | None:
    """What was written; None where nothing was."""
    try:
        told: dict[str, Any] = orjson.loads((folder / _STATE).read_bytes())
    except OSError:
        return None
    return told


def keys(folder: Path) -> list[str]:
    """The names of all work in a folder, the newest first."""
    return sorted((path.name for path in folder.iterdir()), reverse=True) if folder.is_dir() else []


def _in_turn(work: Callable[[], None]) -> None:
    with _room:
        work()
