"""The security documents keep their word: whatever proves a requirement is there, and each stands once."""

import ast
import csv
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent
MET, NOT_APPLICABLE = ("met", "符合"), ("not applicable", "不适用")
STATUSES = {
    "asvs.csv": {"met", "partly", "not met", "not applicable"},
    "djbh.md": {"符合", "部分符合", "不符合", "不适用"},
}
REQUIREMENTS = {"1": 70, "2": 183}  # of each level of ASVS 5.0
CLAUSES = 46  # of GB/T 22239-2019, 8.1.4 and 8.1.5
DOCUMENTATION = {"6.1.2", "8.1.1"}  # asks for a document, which may be a table in the code


class Requirement(NamedTuple):
    """One line of either document."""

    number: str
    level: str
    status: str
    where: list[str]
    remark: str


def read_asvs() -> list[Requirement]:
    with (ROOT / "deploy/security/asvs.csv").open(encoding="utf-8", newline="") as file:
        return [
            Requirement(row["id"], row["level"], row["status"], row["where"].split(), row["remark"])
            for row in csv.DictReader(file)
        ]


def read_djbh() -> list[Requirement]:
    text = (ROOT / "deploy/security/djbh.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (8\.1\.[^|]*) \|[^|]*\| ([^|]*) \|([^|]*)\|([^|]*)\|$", text, re.MULTILINE)
    return [
        Requirement(number, "3", status, re.findall(r"`([^`]+)`", where), remark.strip())
        for number, status, where, remark in rows
    ]


LISTS = {"asvs.csv": read_asvs(), "djbh.md": read_djbh()}

in_either = pytest.mark.parametrize("name", LISTS)


@in_either
def test_every_requirement_stands_once(name: str) -> None:
    counts = Counter(one.number for one in LISTS[name])
    assert [number for number, count in counts.items() if count > 1] == []


def test_none_of_the_requirements_is_left_out() -> None:
    assert Counter(one.level for one in LISTS["asvs.csv"]) == REQUIREMENTS
    assert len(LISTS["djbh.md"]) == CLAUSES


@in_either
def test_every_status_is_one_of_the_four(name: str) -> None:
    assert {one.status for one in LISTS[name]} == STATUSES[name]


@in_either
def test_whatever_is_named_is_there(name: str) -> None:
    assert [place for one in LISTS[name] for place in one.where if not is_there(place)] == []


@in_either
def test_what_is_met_names_a_test_or_a_document(name: str) -> None:
    unproved = {one.number for one in LISTS[name] if one.status in MET and not any(map(proves, one.where))}
    assert unproved <= DOCUMENTATION


@in_either
def test_what_is_not_met_says_why(name: str) -> None:
    assert [one.number for one in LISTS[name] if one.status not in MET and not one.remark] == []


@in_either
def test_what_does_not_apply_names_nothing(name: str) -> None:
    assert [one.number for one in LISTS[name] if one.status in NOT_APPLICABLE and one.where] == []


def proves(place: str) -> bool:
    path = place.partition("::")[0]
    return path.startswith("tests/") or path.endswith(".md")


def is_there(place: str) -> bool:
    """A file, or with `::` a test in it."""
    path, _, test = place.partition("::")
    return (ROOT / path).is_file() and (not test or test in list_tests(path))


@cache
def list_tests(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
