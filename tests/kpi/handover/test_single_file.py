"""The verifier as one file: Python, the packages that it lists, and nothing else."""

import os
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import files
from pathlib import Path

import pytest

from kpi.handover.package.building import BuiltPackage
from kpi.handover.package.single_file import SingleFile, build_single_file

Run = Callable[..., "subprocess.CompletedProcess[str]"]

WITHOUT_NETWORK = """
import runpy, socket, sys

def refuse(event, arguments):
    if not event.startswith("socket."):
        return
    family = arguments[1] if event == "socket.__new__" else getattr(arguments[0], "family", None)
    if family != socket.AF_UNIX:  # that is how the process is asked which opens the package
        raise AssertionError(f"somebody asked for the network: {event}")

sys.addaudithook(refuse)
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@pytest.fixture(scope="module")
def single(tmp_path_factory: pytest.TempPathFactory) -> SingleFile:
    return build_single_file(tmp_path_factory.mktemp("verifier") / "hotline-verify.pyz")


@pytest.fixture
def run(single: SingleFile, tmp_path: Path) -> Run:
    """Runs the file elsewhere: without our environment, with the listed packages alone, without a network."""
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    for named in single.required:
        for file in files(named.partition("==")[0]) or []:
            top = file.parts[0]
            if top not in ("..", "__pycache__") and not (wheels / top).exists():
                (wheels / top).symlink_to(Path(str(file.locate())).parents[len(file.parts) - 1] / top)
    (tmp_path / "run.py").write_text(WITHOUT_NETWORK)

    def run(*arguments: str, packages: Path = wheels) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-S", "run.py", str(single.path), *arguments]
        environment = {"PYTHONPATH": str(packages), "PYTHONUTF8": "1", "PATH": os.defpath}
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)

    return run


@pytest.mark.acceptance(29)
def test_it_verifies_a_copy_without_network_database_or_our_system(
    run: Run, built: BuiltPackage, tmp_path: Path
) -> None:
    (tmp_path / "copy.zip").write_bytes(built.path.read_bytes())
    told = ("--head", built.head.hash.hex(), "--key", built.fingerprint)
    done = run("verify", "copy.zip", *told)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"结论：通过。{built.figures:,} 个数字由事件重算，逐位相同" in done.stdout


def test_what_is_wrong_is_its_exit_code(run: Run, built: BuiltPackage, tmp_path: Path) -> None:
    (tmp_path / "copy.zip").write_bytes(built.path.read_bytes())
    done = run("verify", "copy.zip", "--head", "0" * 64)
    assert done.returncode == 1
    assert "结论：不通过。日志校验值有不符之处" in done.stdout


def test_what_is_no_package_is_said_in_one_sentence(run: Run, tmp_path: Path) -> None:
    (tmp_path / "none.zip").write_text("x")
    done = run("verify", "none.zip")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "错误：none.zip 不是完整的 zip 文件：可能没有传完，或已损坏。请重新取得。\n"


def test_a_missing_package_is_named_with_what_to_run(run: Run, tmp_path: Path) -> None:
    done = run("verify", "copy.zip", packages=tmp_path)
    assert done.returncode == 1
    assert "缺少组件" in done.stderr and "-m pip install" in done.stderr and "duckdb==" in done.stderr


def test_it_needs_no_package_of_the_running_system(single: SingleFile) -> None:
    names = {named.partition("==")[0] for named in single.required}
    assert names == {
        "cffi", "click", "cryptography", "duckdb", "orjson", "sqlalchemy", "typing_extensions", "xlsxwriter",
    }  # fmt: skip


def test_built_again_it_is_the_same(single: SingleFile, tmp_path: Path) -> None:
    again = build_single_file(tmp_path / "again.pyz")
    assert again.path.read_bytes() == single.path.read_bytes()
