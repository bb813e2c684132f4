"""Files that are sent to us: limited in size and type, written to disk as they come."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO, BinaryIO, cast

from flask import request

from ingest.importing.file_paths import SUFFIXES
from tracker.file_writing import WorkingFolder
from web.instance import get_instance, open_log_transaction
from web.jobs.job import Job
from web.jobs.job_files import make_job_files

MOST_BYTES = 300 << 20
FORM_BYTES = 2 << 20  # of a request without files
STRANGERS_BYTES = 64 << 10  # of one by anybody: taking it apart costs time before anything is counted
_CHUNK = 1 << 20


class UploadProblem(ValueError):
    """上传的文件不符合要求。"""


@contextmanager
def receive(part: str = "file", suffixes: Sequence[str] | None = SUFFIXES) -> Iterator[Path]:
    """The file of the request under its own name, in a folder of its own that is gone afterwards.

    It comes as the multipart part of that name, or as the whole body with its name in `?name=`. Types other
    than those of `suffixes` are refused; None: whoever takes the file looks into its bytes.
    Raises: UploadProblem.
    """
    name, stream = open_sent(part, suffixes)
    with _open_folder() as own:
        _write(own / name, stream)
        yield own / name


def open_sent(part: str = "file", suffixes: Sequence[str] | None = SUFFIXES) -> tuple[str, IO[bytes]]:
    """The file of the request as `receive` takes it: its bare name, and its bytes as they come.

    Raises: UploadProblem."""
    multipart = request.mimetype == "multipart/form-data"
    sent = request.files.get(part) if multipart else None
    if multipart and sent is None:
        raise UploadProblem(f"请求中没有名为 {part} 的文件。")
    name = (sent.filename if sent else request.args.get("name", "")) or ""
    return check_name(name, suffixes), sent.stream if sent else request.stream


def keep_sent(job: Job, stream: IO[bytes]) -> Job:
    """Seals the bytes of an upload as they come; the job then knows its size.

    Raises: UploadProblem for an empty file."""
    with open_log_transaction() as connection:
        files = make_job_files(connection, get_instance(), job)
    size = files.keep_upload(cast(BinaryIO, stream))
    if size == 0:
        raise UploadProblem(f"文件“{job.file_name}”是空的。")
    return replace(job, size=size)


@contextmanager
def receive_files(part: str) -> Iterator[list[Path]]:
    """All files of a multipart part that may hold none, each under its own name; gone afterwards.

    Whoever takes them looks into their bytes. Raises: UploadProblem.
    """
    with _open_folder() as own:
        paths = []
        for number, sent in enumerate(one for one in request.files.getlist(part) if one.filename):
            path = own / str(number) / check_name(sent.filename or "", None)
            path.parent.mkdir()
            _write(path, sent.stream)
            paths.append(path)
        yield paths


def check_name(name: str, suffixes: Sequence[str] | None = SUFFIXES) -> str:
    """A file's bare name. Raises: UploadProblem for none, or a type that is never read."""
    bare = PureWindowsPath(PurePosixPath(name.replace("\0", "")).name).name
    if bare.strip(". ") == "":
        raise UploadProblem("没有文件名，无法判断数据截止时间和类型。原始请求体请在地址后写 ?name=文件名。")
    if suffixes is not None and Path(bare).suffix.lower() not in suffixes:
        raise UploadProblem(f"不支持“{bare}”格式；请上传 {'、'.join(suffixes)}。")
    if len(bare.encode()) > 200:
        raise UploadProblem("文件名过长，请缩短后重新上传。")
    return bare


@contextmanager
def _open_folder() -> Iterator[Path]:
    """A folder of a request's own, gone afterwards."""
    with WorkingFolder(get_instance().home / "incoming") as own:
        yield own


def _write(path: Path, stream: IO[bytes]) -> None:
    """Raises: UploadProblem for an empty file."""
    size = 0
    with path.open("wb") as file:
        while chunk := stream.read(_CHUNK):
            size += file.write(chunk)
    if size == 0:
        raise UploadProblem(f"文件“{path.name}”是空的。")
