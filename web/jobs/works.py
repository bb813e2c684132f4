"""What is done for each kind of job that waits in the queue."""

from collections.abc import Callable
from functools import partial

from web.exports.kinds import KINDS
from web.exports.making import make_file
from web.imports.running import import_file, try_out
from web.instance import Instance
from web.jobs.job import IMPORT, TRIAL, Job

Work = Callable[[Instance, Job], None]


def get_work(kind: str) -> Work:
    """An upload's trial or import, else the making of a file."""
    works: dict[str, Work] = {TRIAL: try_out, IMPORT: import_file}
    return works.get(kind) or partial(make_file, make=KINDS[kind].make)
