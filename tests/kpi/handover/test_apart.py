"""Packages of strangers are opened in a process of its own, and what that says is the verdict."""

import hashlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kpi.handover.package import apart
from kpi.handover.package.building import BuiltPackage
from kpi.handover.package.container import UnreadablePackage
from kpi.handover.verify.cli import verify
from kpi.handover.verify.printing import convert_findings
from kpi.handover.verify.verification import verify_apart
from tests.kpi.handover.conftest import outside, verdict


def run(*arguments: str) -> Result:
    return CliRunner().invoke(verify, arguments, catch_exceptions=False)


def test_the_verdict_of_the_other_process_is_the_same_word_for_word(built: BuiltPackage) -> None:
    found = verify_apart(built.path, outside(built))
    assert found.agree and found.bound
    assert convert_findings(found) == convert_findings(verdict(built.path, built))


def test_the_exit_code_tells_a_package_that_only_agrees_with_itself(built: BuiltPackage) -> None:
    done = run(str(built.path))
    assert done.exit_code == 3
    assert "结论：包内一致，不作通过" in done.stdout and "--head" in done.stdout


def test_a_head_that_is_another_packages_is_exit_code_one(built: BuiltPackage) -> None:
    done = run(str(built.path), "--head", "0" * 64, "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["bound"] is False


def test_what_is_no_package_is_said_by_whoever_asked(tmp_path: Path) -> None:
    (tmp_path / "none.zip").write_text("x")
    with pytest.raises(UnreadablePackage, match=r"none\.zip 不是完整的 zip 文件"):
        verify_apart(tmp_path / "none.zip")


def test_a_package_that_takes_more_memory_than_it_may_ends_its_own_process_alone(
    built: BuiltPackage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "_MEMORY", 1 << 20)
    with pytest.raises(UnreadablePackage, match="这个证据包读不进来"):
        verify_apart(built.path, outside(built))


def test_a_machine_without_sm3_checks_the_rest_and_says_so(
    built: BuiltPackage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hashlib, "algorithms_available", hashlib.algorithms_available - {"sm3"})
    found = verdict(built.path, built)
    assert found.agree, [step for step in found.steps if step.items]
    [listed] = [step for step in found.steps if step.title == "清单"]
    assert listed.outcome.value == "提示" and "本机不能计算 SM3" in listed.told
