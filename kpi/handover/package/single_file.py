"""The verifier as one file: our modules that it imports, in a zip that Python runs (PEP 441)."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import packages_distributions, version
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from tracker.calendar_files import PACKAGED
from tracker.file_writing import write_whole

_ROOMS = ("kpi", "tracker")
_ENTRY = "kpi.handover.verify.single_file_main"
_ASKED = f"""
import json, sys
before = set(sys.modules)
import {_ENTRY}
found = {{name: getattr(sys.modules[name], "__file__", None) for name in set(sys.modules) - before}}
json.dump(found, sys.stdout)
"""
_MAIN = '''"""The verifier of evidence packages. Made by `hotline verifier`; of version {version}."""

import sys

REQUIRED = {required!r}

if sys.version_info < (3, 11):
    sys.exit("错误：核验程序需要 Python 3.11 或更新的版本，这里是 " + sys.version.split()[0] + "。")
try:
    from {entry} import main
except ModuleNotFoundError as problem:
    sys.exit(
        f"错误：缺少组件 {{problem.name}}。请先运行：{{sys.executable}} -m pip install " + " ".join(REQUIRED)
    )
main()
'''


@dataclass(frozen=True)
class SingleFile:
    """A verifier that was built."""

    path: Path
    modules: int
    required: tuple[str, ...]  # duckdb==1.2.3: the packages that it imports beside Python's own


def build_single_file(path: Path) -> SingleFile:
    """Writes the file; the same version of the product gives the same bytes. Raises: OSError."""
    imported = _list_imported_modules()
    ours = {name: Path(file) for name, file in imported.items() if file and _get_top_package(name) in _ROOMS}
    required = _list_requirements(imported)
    number = version("hotline")
    main = _MAIN.format(version=number, required=list(required), entry=_ENTRY)
    contents = {
        "__main__.py": main.encode(),
        f"hotline-{number}.dist-info/METADATA": f"Name: hotline\nVersion: {number}\n".encode(),
    }
    for name, file in ours.items():
        place = name.replace(".", "/")
        contents[f"{place}/__init__.py" if file.name == "__init__.py" else f"{place}.py"] = file.read_bytes()
    for calendar in PACKAGED.iterdir():  # deadlines moved by pauses are counted in working days
        contents[f"tracker/{PACKAGED.name}/{calendar.name}"] = calendar.read_bytes()
    with write_whole(path) as part, part.open("wb") as target:
        target.write(b"#!/usr/bin/env python3\n")
        with ZipFile(target, "w", ZIP_DEFLATED) as archive:
            for place, content in sorted(contents.items()):
                archive.writestr(ZipInfo(place), content, ZIP_DEFLATED)
    path.chmod(0o755)
    return SingleFile(path, len(ours), required)


def _list_imported_modules() -> dict[str, str | None]:
    """Every module that the verifier imports, with its file; found by importing it in a fresh interpreter."""
    process = subprocess.run([sys.executable, "-I", "-c", _ASKED], capture_output=True, check=True, text=True)
    found: dict[str, str | None] = json.loads(process.stdout)
    return found


def _list_requirements(imported: Mapping[str, str | None]) -> tuple[str, ...]:
    """The distributions of the imported modules that are neither ours nor Python's own."""
    distributions = packages_distributions()
    tops = {_get_top_package(name) for name in imported} - set(_ROOMS) - set(sys.stdlib_module_names)
    names = {distributions[top][0].lower() for top in tops if top in distributions}
    return tuple(f"{name}=={version(name)}" for name in sorted(names))


def _get_top_package(name: str) -> str:
    return name.partition(".")[0]
