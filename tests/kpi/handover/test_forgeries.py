"""No forgery by a centre with its own key passes: whatever a package holds follows from the log, is bound by
the log's last event, whose hash is printed on paper, or is refused."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest

from kpi.handover.package import layout
from kpi.handover.package.bag import list_files
from kpi.handover.package.building import BuiltPackage
from kpi.handover.package.commitments import make_commitment
from kpi.handover.package.container import pack
from kpi.handover.package.signature import make_statement, sign_statement
from kpi.handover.package.single_file import build_single_file
from kpi.handover.verify.rebuilding import list_differences
from kpi.handover.verify.verification import OutsideKnowledge, verify_in_folder, verify_package
from tests.drawing import FULL
from tests.kpi.handover.conftest import Closed, Instance, close_again, opened, outside
from tests.kpi.handover.forging import (
    GROUPS,
    MADE_UP,
    REMADE,
    Closing,
    Forgery,
    alter_part,
    alter_workbook_cell,
    get,
    list_sheets,
    other,
    put,
    read_events,
    read_table,
    remake,
    walk,
    write_table,
)

ROOT = Path(__file__).parents[3]
Judge = Callable[[Path, Sequence[str], str | None], dict[str, Any]]


@dataclass(frozen=True)
class Honest:
    """A package that nobody touched, unpacked, and whose it is."""

    built: BuiltPackage
    instance: Instance
    bag: Path
    heads: tuple[str, ...]


@pytest.fixture(scope="session")
def honest_open(built: BuiltPackage, instance: Instance, tmp_path_factory: pytest.TempPathFactory) -> Honest:
    return _open(built, instance, tmp_path_factory.mktemp("open"))


@pytest.fixture(scope="session")
def honest_closed(closed: Closed, tmp_path_factory: pytest.TempPathFactory) -> Honest:
    return _open(closed.built, closed.instance, tmp_path_factory.mktemp("closed"))


def _open(built: BuiltPackage, instance: Instance, folder: Path) -> Honest:
    return Honest(built, instance, opened(built.path, folder), (built.head.hash.hex(),))


@pytest.fixture
def honest(request: pytest.FixtureRequest) -> Honest:
    """By the name of its months' state: open or closed."""
    found: Honest = request.getfixturevalue(f"honest_{request.param}")
    return found


months = pytest.mark.parametrize("honest", ["open", "closed"], indirect=True)


def _judge_with(code: Path) -> Iterator[Judge]:
    """A process that verifies one package after another."""
    with subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("judge.py")), str(code)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdin and process.stdout
        asking, answers = process.stdin, process.stdout

        def judge(path: Path, heads: Sequence[str], fingerprint: str | None) -> dict[str, Any]:
            print(json.dumps([str(path), list(heads), fingerprint]), file=asking, flush=True)
            answer: dict[str, Any] = json.loads(answers.readline())
            return answer

        yield judge
        process.stdin.close()


@pytest.fixture(scope="session")
def judge_product() -> Iterator[Judge]:
    yield from _judge_with(ROOT)


@pytest.fixture(scope="session")
def judge_single_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judge]:
    yield from _judge_with(build_single_file(tmp_path_factory.mktemp("pyz") / "hotline-verify.pyz").path)


@pytest.fixture
def judge(request: pytest.FixtureRequest) -> Judge:
    found: Judge = request.getfixturevalue(f"judge_{request.param}")
    return found


verifiers = pytest.mark.parametrize("judge", ["product", "single_file"], indirect=True)
in_full = pytest.mark.skipif(not FULL, reason="a part of make test-full")  # each takes minutes
each_way = pytest.mark.parametrize(
    ("judge", "honest"),
    [
        pytest.param(judge, honest, marks=[] if (judge, honest) == ("product", "closed") else in_full)
        for judge in ("product", "single_file")
        for honest in ("open", "closed")
    ],
    indirect=True,
)


def forge(honest: Honest, forgery: Forgery, folder: Path) -> Path:
    """The forged package."""
    shutil.rmtree(folder / "forged", ignore_errors=True)
    bag = folder / "forged" / honest.bag.name
    shutil.copytree(honest.bag, bag)
    forgery.change(bag)
    if forgery.closing is Closing.WHOLE:
        close_again(bag, honest.instance.key)
    elif forgery.closing is Closing.SIGNATURE:
        about = orjson.loads((bag / layout.ABOUT).read_bytes())
        signed = sign_statement(honest.instance.key, make_statement(bag, about))
        layout.write_json(bag / layout.SIGNATURE, signed)
    path = folder / "forged.zip"
    pack(bag, path)
    return path


def find_passing(honest: Honest, judge: Judge, forgeries: Sequence[Forgery], folder: Path) -> list[str]:
    """The forgeries that pass, with the head and key of the honest package's paper; the honest one must."""
    honestly = judge(honest.built.path, honest.heads, honest.built.fingerprint)
    assert honestly["passes"], honestly["told"]
    passing = []
    for one in forgeries:
        if judge(forge(honest, one, folder), honest.heads, honest.built.fingerprint)["passes"]:
            passing.append(one.name)
    return passing


@months
def test_there_are_more_than_ninety_forgeries_each_of_its_own(honest: Honest) -> None:
    names = [one.name for forge_group in GROUPS.values() for one in forge_group(honest.bag)]
    assert len(names) == len(set(names)) > 90


@pytest.mark.slow
@pytest.mark.parametrize("group", GROUPS)
@each_way
def test_no_forgery_passes(honest: Honest, judge: Judge, group: str, tmp_path: Path) -> None:
    assert find_passing(honest, judge, list(GROUPS[group](honest.bag)), tmp_path) == []


@verifiers
def test_a_forgery_of_each_kind_is_refused(honest_closed: Honest, judge: Judge, tmp_path: Path) -> None:
    chosen = [next(forge_group(honest_closed.bag)) for forge_group in GROUPS.values()]
    assert find_passing(honest_closed, judge, chosen, tmp_path) == []


# ---- every byte that carries meaning


@pytest.fixture(scope="session")
def rebuilt(honest_closed: Honest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the verifier made of the log of the closed package."""
    folder = tmp_path_factory.mktemp("rebuilt")
    found = verify_in_folder(honest_closed.built.path, outside(honest_closed.built), folder)
    assert found.agree and found.bound
    return folder / "again" / honest_closed.bag.name


@pytest.fixture
def copied(honest_closed: Honest, rebuilt: Path, tmp_path: Path) -> Path:
    """The package's bag, to be changed, in which nothing differs yet."""
    bag = tmp_path / honest_closed.bag.name
    shutil.copytree(honest_closed.bag, bag)
    assert list_differences(bag, rebuilt) == []
    return bag


def _names(problems: list[str], name: str) -> bool:
    return any(one.startswith(f"{name}：") for one in problems)


def test_a_changed_byte_anywhere_in_any_member_is_named(copied: Path, rebuilt: Path) -> None:
    """At the beginning, in the middle, at the end of every file but the signature, and one byte too many."""
    for name in list_files(copied):
        if name != layout.SIGNATURE:
            content = (copied / name).read_bytes()
            for place in sorted({0, len(content) // 3, len(content) // 2, len(content) - 1}):
                changed = bytes([*content[:place], content[place] ^ 1, *content[place + 1 :]])
                (copied / name).write_bytes(changed)
                assert _names(list_differences(copied, rebuilt, [name]), name), (name, place)
            (copied / name).write_bytes(content + b"\n")
            assert _names(list_differences(copied, rebuilt, [name]), name)
            (copied / name).write_bytes(content)


def test_every_member_that_is_missing_or_too_many_is_named(copied: Path, rebuilt: Path) -> None:
    for name in list_files(copied):
        if name != layout.SIGNATURE:
            (copied / name).rename(copied / f"{name}.more")
            problems = list_differences(copied, rebuilt)
            assert _names(problems, name) and _names(problems, f"{name}.more")
            (copied / f"{name}.more").rename(copied / name)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [layout.ABOUT, layout.FIGURES, layout.DEFINITIONS, layout.CRATE], ids=lambda name: str(name)[5:]
)
def test_every_value_of_every_json_member_is_bound(copied: Path, rebuilt: Path, name: str) -> None:
    """Of figures and definitions, whose values are tens of thousands, every fiftieth."""
    content = orjson.loads((copied / name).read_bytes())
    paths = list(walk(content))
    for path in paths[:: max(1, len(paths) // 300)]:
        changed = orjson.loads(orjson.dumps(content))
        put(changed, path, other(get(changed, path)))
        layout.write_json(copied / name, changed)
        assert _names(list_differences(copied, rebuilt, [name]), name), path


@pytest.mark.slow
def test_a_cell_of_every_column_of_every_table_is_bound(copied: Path, rebuilt: Path) -> None:
    for name in (one for one in list_files(copied) if one.endswith(".csv") and "documents/" not in one):
        rows, content = read_table(copied / name), (copied / name).read_bytes()
        for place in range(len(rows[0])):
            for line in {0, len(rows) - 1}:
                changed = [list(row) for row in rows]
                changed[line][place] = str(other(changed[line][place]))
                write_table(copied / name, changed)
                assert _names(list_differences(copied, rebuilt, [name]), name), (name, line, place)
        (copied / name).write_bytes(content)


@pytest.mark.slow
def test_cells_of_every_sheet_of_the_workbook_are_bound(copied: Path, rebuilt: Path) -> None:
    content = (copied / layout.WORKBOOK).read_bytes()
    for sheet in list_sheets(copied):
        for number in range(0, 400, 17):
            alter_part(sheet, alter_workbook_cell(number))(copied)
            assert _names(list_differences(copied, rebuilt, [layout.WORKBOOK]), layout.WORKBOOK)
            (copied / layout.WORKBOOK).write_bytes(content)


# ---- what only the printed head can tell


@pytest.mark.slow
@pytest.mark.parametrize("name", REMADE)
@pytest.mark.parametrize("judge", ["product", pytest.param("single_file", marks=in_full)], indirect=True)
def test_a_package_made_anew_from_another_log_is_told_by_the_printed_head_alone(
    honest_open: Honest, judge: Judge, name: str, tmp_path: Path
) -> None:
    """Everything in it is consistent and signed: without the head it is said to agree, and does not pass."""
    bag = remake(honest_open.bag, tmp_path / "again", honest_open.instance.key, REMADE[name])
    path = tmp_path / "remade.zip"
    pack(bag, path)
    alone = judge(path, [], honest_open.built.fingerprint)
    assert alone["agree"] and not alone["passes"], alone["told"]
    assert not judge(path, honest_open.heads, honest_open.built.fingerprint)["passes"]


@pytest.mark.slow
@verifiers
def test_the_locked_months_of_another_log_are_told_too(
    honest_closed: Honest, judge: Judge, tmp_path: Path
) -> None:
    """Its seals are chained anew; the figure that was locked is no longer the one that the events give."""
    bag = remake(honest_closed.bag, tmp_path / "again", honest_closed.instance.key, REMADE["answer_a_call"])
    path = tmp_path / "remade.zip"
    pack(bag, path)
    assert not judge(path, [], None)["passes"]
    assert not judge(path, honest_closed.heads, honest_closed.built.fingerprint)["passes"]


def test_a_head_printed_before_the_package_was_made_does_not_make_it_pass(honest_open: Honest) -> None:
    """It binds what came before it, and neither commitments nor calendars nor the centre's name."""
    before = read_events(honest_open.bag, "tlf")[-2].hash.hex()
    found = verify_package(honest_open.built.path, OutsideKnowledge(heads=[before]))
    assert found.agree and not found.bound
    [step] = [step for step in found.steps if step.title == "日志校验值"]
    assert step.outcome.value == "提示" and "没有包外的凭据" in step.told


# ---- what is brought along


def test_a_made_up_number_opens_no_commitment(honest_open: Honest, tmp_path: Path) -> None:
    """Neither with its own commitment put in the package's, nor with a salt that takes over a digit."""
    vault_salt = b"s" * 32
    forged = remake(
        honest_open.bag, tmp_path / "again", honest_open.instance.key, list,
        opens=make_commitment(vault_salt, MADE_UP),
    )  # fmt: skip
    path = tmp_path / "remade.zip"
    pack(forged, path)
    about = orjson.loads((forged / layout.ABOUT).read_bytes())
    call = next(one for one in _calls(forged) if one["data"]["caller"])
    said = {"seq": call["seq"], "field": "caller", "token": call["data"]["caller"]}
    for salt, value, opens in (
        (vault_salt, MADE_UP, True),
        (vault_salt + MADE_UP[:1].encode(), MADE_UP[1:], False),
    ):
        disclosure = tmp_path / "open.json"
        one = said | {"salt": salt.hex(), "value": value}
        disclosure.write_bytes(orjson.dumps({"center": "tlf", "head": about["head"], "opened": [one]}))
        alone = verify_package(path, OutsideKnowledge(disclosure=disclosure))
        [step] = [step for step in alone.steps if step.title == "披露"]
        assert (step.outcome.value == "通过") is opens
        assert not alone.bound  # the head on paper is another one
    with_head = verify_package(path, outside(honest_open.built))
    assert not with_head.agree


def _calls(bag: Path) -> list[dict[str, Any]]:
    return [{"seq": one.seq, "data": one.data} for one in read_events(bag, "tlf") if one.type == "call.ended"]
