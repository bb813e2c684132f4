"""A disclosure opens single rows, fits the package's commitments, and is written down."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner, Result

from kpi.handover.package.building import BuiltPackage
from kpi.handover.package.disclosing import DisclosureProblem
from kpi.handover.verify.verification import verify_package
from tests.kpi.handover.conftest import PHONES, Instance, failing, make_instance, outside
from tracker.database import Database
from web.access.trail import verify_trail
from web.disclosing import disclose

Run = Callable[..., Result]


@pytest.fixture
def own(database: Database, home: Path) -> Instance:
    return make_instance(database, home)


@pytest.fixture
def built(own: Instance, tmp_path: Path) -> BuiltPackage:
    return own.build(tmp_path / "out.zip")


@pytest.fixture
def calls(own: Instance) -> list[int]:
    """The events of calls whose caller is known, in the order of PHONES."""
    with own.database.connect() as connection:
        rows = connection.execute("SELECT seq FROM events WHERE subject ~ '^call/p' ORDER BY seq").fetchall()
    return [seq for (seq,) in rows]


@pytest.fixture
def run(own: Instance, built: BuiltPackage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("HOTLINE_DATABASE_URL", own.database.url)
    monkeypatch.setenv("HOTLINE_HOME", str(own.settings.home))

    def run(*arguments: str, by: str = "张三", approved_by: str = "李四") -> Result:
        told = ("--reason", "现场核对来电", "--by", by, "--approved-by", approved_by)
        command = [str(built.path), str(tmp_path / "open.json"), *arguments, *told]
        return CliRunner().invoke(disclose, command, catch_exceptions=False)

    return run


def test_it_opens_the_rows_asked_for_and_no_other(run: Run, calls: list[int], tmp_path: Path) -> None:
    assert run("--seq", str(calls[1])).exit_code == 0
    path = tmp_path / "open.json"
    [opened] = orjson.loads(path.read_bytes())["opened"]
    assert (opened["seq"], opened["field"], opened["value"]) == (calls[1], "caller", PHONES[1])
    assert not [phone for phone in PHONES if phone != PHONES[1] and phone in path.read_text("utf-8")]
    assert path.stat().st_mode & 0o777 == 0o600


def test_it_fits_the_package(run: Run, built: BuiltPackage, calls: list[int], tmp_path: Path) -> None:
    run("--seq", str(calls[0]), "--seq", str(calls[2]))
    found = verify_package(built.path, replace(outside(built), disclosure=tmp_path / "open.json"))
    assert found.agree
    assert "2 个披露的值都是打包时的原值" in {step.title: step.told for step in found.steps}["披露"]


def test_another_number_than_the_one_packed_fails(
    run: Run, built: BuiltPackage, calls: list[int], tmp_path: Path
) -> None:
    run("--seq", str(calls[0]))
    path = tmp_path / "open.json"
    told: dict[str, Any] = orjson.loads(path.read_bytes())
    told["opened"][0]["value"] = "13800138001"
    path.write_bytes(orjson.dumps(told))
    failed = failing(verify_package(built.path, replace(outside(built), disclosure=path)))
    assert f"第 {calls[0]} 号事件的主叫号码（脱敏标识）" in failed["披露"]


def test_it_is_written_into_the_audit_trail(run: Run, own: Instance, calls: list[int]) -> None:
    run("--seq", str(calls[0]))
    with own.database.connect() as connection:
        [(action, about, data)] = connection.execute("SELECT action, about, data FROM audit").fetchall()
        assert verify_trail(connection).problem is None
    assert (action, about) == ("revealed", "tlf out.zip")
    assert "张三" in data and "李四" in data and str(calls[0]) in data and PHONES[0] not in data


def test_one_person_cannot_disclose_alone(run: Run, calls: list[int], tmp_path: Path) -> None:
    with pytest.raises(DisclosureProblem, match="须是两个人"):
        run("--seq", str(calls[0]), approved_by="张 三")
    assert not (tmp_path / "open.json").exists()


def test_rows_without_personal_values_need_none(run: Run) -> None:
    with pytest.raises(DisclosureProblem, match="没有号码和姓名"):
        run("--seq", "1")


def test_an_erased_value_is_said_to_be_gone(run: Run, own: Instance, calls: list[int]) -> None:
    with own.database.connect_as_owner() as connection:
        connection.execute("UPDATE people SET value = NULL")
    with pytest.raises(
        DisclosureProblem, match=f"第 {calls[0]} 号事件的主叫号码（脱敏标识）已从个人信息库删除"
    ):
        run("--seq", str(calls[0]))


def test_a_file_that_is_there_is_not_overwritten(run: Run, calls: list[int], tmp_path: Path) -> None:
    (tmp_path / "open.json").write_text("x")
    with pytest.raises(DisclosureProblem, match="已经存在"):
        run("--seq", str(calls[0]))
