"""Which files a person means by paths, folders and patterns."""

import os
from collections.abc import Iterable
from pathlib import Path

IN_FOLDERS = (  # what is taken from a folder unasked
    ".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xlsb", ".xls", ".et", ".ods", ".ndjson", ".jsonl", ".zip",
)  # fmt: skip
SUFFIXES = (*IN_FOLDERS, ".json", ".html", ".htm", ".mht", ".mhtml", ".xml", ".parquet", ".log")


class NoSuchFile(LookupError):
    """找不到要导入的文件。"""


def list_files(named: Iterable[str]) -> tuple[list[Path], list[Path]]:
    """Files to import, each once and in the order of their names, and those in folders that are no tables.

    A pattern is expanded here too, for shells that do not. Raises: NoSuchFile."""
    chosen: dict[Path, None] = {}
    passed_over: dict[Path, None] = {}
    for name in named:
        for path in _expand_name(name):
            if path.is_dir():
                inside = sorted(
                    each for each in path.rglob("*") if each.is_file() and not _is_hidden(each, path)
                )
                chosen.update((each, None) for each in inside if each.suffix.lower() in IN_FOLDERS)
                passed_over.update((each, None) for each in inside if each.suffix.lower() not in IN_FOLDERS)
            elif path.is_file():
                chosen[path] = None
            else:
                raise NoSuchFile(f"“{name}”不是文件，也不是文件夹（是设备或管道），没有可导入的内容。")
    if not chosen:
        raise NoSuchFile("没有可导入的文件：文件夹里没有 CSV、Excel、NDJSON 或 ZIP 文件。")
    return sorted(chosen), sorted(passed_over)


def to_readable_name(path: Path) -> str:
    """A file's name in characters: one that is no UTF-8 was written on a Chinese Windows, in GBK."""
    name = os.fsencode(path.name)
    try:
        return name.decode()
    except UnicodeDecodeError:
        return name.decode("gb18030", "replace")


def _expand_name(name: str) -> list[Path]:
    path = Path(name)
    if path.exists():
        return [path]
    root = Path(path.anchor)
    found = sorted(
        each for each in root.glob(str(path.relative_to(root))) if not _is_hidden(each, each.parent)
    )
    if not found:
        raise NoSuchFile(f"找不到文件“{name}”。")
    return found


def _is_hidden(path: Path, folder: Path) -> bool:
    """Hidden files, and the ~$ files that Excel leaves beside an open workbook."""
    return any(part.startswith((".", "~$")) for part in path.relative_to(folder).parts)
