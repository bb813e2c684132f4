"""The documents keep their word: whatever command, path, setting or term they name exists as they name it."""

import ast
import re
import shlex
import textwrap
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import NamedTuple

import click
import pytest

from ingest.profiles.toml_profiles import read_profile
from kpi.evaluation.claims import ClaimOutcome
from kpi.evaluation.claims.layout import COLUMNS, check_tables
from kpi.evaluation.claims.tables import read_tables
from kpi.evaluation.facts_files import read_facts
from kpi.evaluation.numbers import show_points
from kpi.evaluation.rules import RULES
from kpi.evaluation.scheme import Scheme
from kpi.evaluation.scheme_files import read_scheme
from kpi.evaluation.scoring import evaluate
from kpi.evaluation.surveys.questionnaire import read_questionnaire
from kpi.figures.figure import Status
from kpi.figures.indicators import HEADLINES, INDICATORS
from tracker.calendar_files import read_calendar
from tracker.events import TYPES
from web.cli import hotline

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted((*ROOT.glob("*.md"), *ROOT.glob("deploy/*.md"), *ROOT.glob("*/docs/*.md")))
}
READMES = ("README.md", "README.zh-CN.md")

_FENCE = re.compile(r"^ *```(?P<language>\w*)\n(?P<body>.*?)^ *```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+)`")
_PATH = re.compile(r"(?<![\w/.-])((?:tracker|kpi|ingest|web|tests|deploy|\.ci)/[\w./-]*[\w/])(?::(\w+))?")
_ROOT_FILE = re.compile(
    r"(?<![\w/.*-])([A-Za-z][A-Za-z.-]*\.(?:md|lock)|pyproject\.toml|Makefile|LICENSE)(?![\w/])"
)
_NEW = re.compile(r"`([^`\n]+)` ?(?:\(new\)|（新文件）)")
_LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
_SHELLS = ("sh", "powershell")

in_every_document = pytest.mark.parametrize("name", DOCUMENTS)


class Block(NamedTuple):
    """A fenced block of a document."""

    language: str
    body: str


class Typed(NamedTuple):
    """A `hotline …` command as a document prints it, without the first word."""

    words: tuple[str, ...]
    whole: bool  # stands in a block, to be typed as it is; else it may lack its arguments


@in_every_document
def test_every_hotline_command_exists_with_its_options(name: str) -> None:
    wrong = {typed.words: fault for typed in typed_in(DOCUMENTS[name]) if (fault := fault_of(typed))}
    assert not wrong


@in_every_document
def test_every_make_target_exists(name: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {target for text in code_of(DOCUMENTS[name]) for target in re.findall(r"\bmake ([a-z-]+)", text)}
    assert named <= targets


@in_every_document
def test_every_path_exists_and_holds_what_it_is_said_to_hold(name: str) -> None:
    new = new_files(DOCUMENTS[name])
    named = {found for text in code_of(DOCUMENTS[name]) for found in paths_in(text) if found[0] not in new}
    assert not [path for path, _ in named if not (ROOT / path).exists()]
    assert not [f"{path}:{held}" for path, held in named if held and held not in defined_in(ROOT / path)]


@in_every_document
def test_a_file_that_a_recipe_adds_is_not_there_yet_and_its_folder_is(name: str) -> None:
    for path in new_files(DOCUMENTS[name]):
        assert not (ROOT / path).exists()
        assert (ROOT / path).parent.is_dir()


@in_every_document
def test_every_link_leads_to_a_file(name: str) -> None:
    folder = (ROOT / name).parent
    assert not [link for link in _LINK.findall(DOCUMENTS[name]) if not (folder / link).exists()]


@in_every_document
def test_every_python_example_is_python(name: str) -> None:
    for block in blocks_of(DOCUMENTS[name]):
        if block.language == "python":
            ast.parse(block.body)


@in_every_document
def test_every_setting_is_one_that_is_read(name: str) -> None:
    assert settings_in(DOCUMENTS[name]) <= settings_in((ROOT / "tracker/settings.py").read_text())


@pytest.mark.parametrize("name", READMES)
def test_a_readme_names_all_settings_and_all_statuses(name: str) -> None:
    assert settings_in(DOCUMENTS[name]) == settings_in((ROOT / "tracker/settings.py").read_text())
    assert not [status for status in Status if f"| {status} |" not in DOCUMENTS[name]]


def test_both_readmes_give_the_same_commands() -> None:
    english, chinese = ([shape_of(typed) for typed in typed_in(DOCUMENTS[name])] for name in READMES)
    assert english == chinese


def test_the_glossary_has_every_indicator_under_its_own_title() -> None:
    told = {code: chinese for chinese, _, code in glossary("Indicators")}
    assert told == {indicator.key: indicator.title for indicator in INDICATORS.values()}


def test_the_glossary_names_the_headline_indicators_as_such() -> None:
    _, _, section = DOCUMENTS["GLOSSARY.md"].partition("\n## Indicators\n")
    assert tuple(re.findall(r"`(\w+_\w+)`", section.partition("\n|")[0])) == HEADLINES


def test_the_glossary_has_every_event_type() -> None:
    assert {code for _, _, code in glossary("Events")} == set(TYPES)


def test_the_glossary_has_every_status() -> None:
    assert {code for _, _, code in glossary("Statuses")} == {status.name for status in Status}


def test_the_changelog_speaks_of_the_present_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert f"## {project['version']}" in DOCUMENTS["CHANGELOG.md"]


@pytest.mark.parametrize("table", ["[columns]", "[deadline]"])
def test_a_profile_in_the_recipes_can_be_read(table: str, tmp_path: Path) -> None:
    path = tmp_path / "example.toml"
    path.write_text(toml_block(table), encoding="utf-8")
    assert read_profile(path)


def test_the_calendar_in_the_recipes_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "2027.toml"
    path.write_text(toml_block("[[holidays]]"), encoding="utf-8")
    assert read_calendar(path).year == 2027


@pytest.fixture
def scheme_in_the_recipes(tmp_path: Path) -> Scheme:
    """The scheme as a newcomer writes it down from the page."""
    path = tmp_path / "NAME.toml"
    path.write_text(toml_block("[indicators.A101]"), encoding="utf-8")
    return read_scheme(path)


def test_the_scheme_in_the_recipes_is_scored_by_the_facts_there(scheme_in_the_recipes, tmp_path) -> None:
    """8 of 20; 4.29 points off at 4 %; 40 less the half for want of statistics; nothing shown."""
    path = tmp_path / "FACTS.toml"
    path.write_text(toml_block('scheme = "NAME"'), encoding="utf-8")
    evaluation = evaluate(scheme_in_the_recipes, read_facts(path, scheme_in_the_recipes))
    scores = {one.item.code: show_points(one.final.points) for one in evaluation.items}
    assert scores == {"A101": "8", "A102": "16.57", "B101": "20", "B201": "0"}
    assert evaluation.rating == "差"


def test_every_rule_stands_in_the_recipes_with_its_parameters() -> None:
    rows = re.findall(r"^\| `(\w+)` \|([^|]*)\|", DOCUMENTS["kpi/docs/scheme.md"], re.MULTILINE)
    told = {kind: set(re.findall(r"`(\w+)`", parameters)) for kind, parameters in rows if kind in RULES}
    assert told == {kind: {field.name for field in fields(rule)} for kind, rule in RULES.items()}


def test_every_column_of_a_table_of_claims_stands_in_the_recipes() -> None:
    rows = re.findall(r"^\| ([^|`]+) \|", DOCUMENTS["kpi/docs/claims.md"], re.MULTILINE)
    assert {title for row in rows[1:] for title in row.split(", ")} == set(COLUMNS)


def test_the_claims_in_the_recipes_are_checked(tmp_path: Path) -> None:
    blocks = blocks_of(DOCUMENTS["kpi/docs/claims.md"])
    path = tmp_path / "claims.csv"
    path.write_text(next(one.body for one in blocks if one.body.startswith("名称,")), encoding="utf-8")
    found = check_tables(read_tables(path))
    assert [(one.of, one.outcome) for one in found] == [
        ("执行率 2023", ClaimOutcome.AGREES),
        ("执行数 2023", ClaimOutcome.DEPARTS),
    ]


def test_the_questionnaire_in_the_recipes_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "NAME.toml"
    path.write_text(toml_block("[questions.ways]"), encoding="utf-8")
    assert len(read_questionnaire(path).questions) == 2


def blocks_of(document: str) -> list[Block]:
    return [Block(found["language"], textwrap.dedent(found["body"])) for found in _FENCE.finditer(document)]


def code_of(document: str) -> list[str]:
    """All that a document sets as code: the bodies of its blocks, then its spans."""
    return [block.body for block in blocks_of(document)] + _SPAN.findall(_FENCE.sub("", document))


def typed_in(document: str) -> Iterator[Typed]:
    for block in blocks_of(document):
        if block.language in _SHELLS:
            for line in block.body.replace("\\\n", "").replace("\\", "/").splitlines():
                yield from _typed(line, whole=True)
    for span in _SPAN.findall(_FENCE.sub("", document)):
        yield from _typed(span, whole=False)


def _typed(line: str, *, whole: bool) -> Iterator[Typed]:
    """`HOTLINE_HOME=/srv .venv/bin/hotline kpi 2023  # …` → kpi 2023"""
    if "hotline" not in line:
        return
    words = shlex.split(line, comments=True)
    while words and re.match(r"\w+=", words[0]):
        del words[0]
    if len(words) > 1 and words[0].rpartition("/")[2] == "hotline":
        yield Typed(tuple(words[1:]), whole)


def fault_of(typed: Typed) -> str | None:
    """What click would say against a command; arguments are looked at but not opened."""
    command, context, rest = resolved(typed)
    try:
        given, left, _ = command.make_parser(context).parse_args(list(rest))
        for parameter in command.params:
            value = given.get(parameter.name or "")
            if isinstance(parameter.type, click.Choice) and isinstance(value, str):
                parameter.type.convert(value, parameter, context)
            if typed.whole and parameter.required and not isinstance(value, str | tuple):
                return f"lacks {parameter.name}"
    except click.UsageError as problem:
        return problem.format_message()
    return f"knows nothing of {left}" if left else None


def resolved(typed: Typed) -> tuple[click.Command, click.Context, tuple[str, ...]]:
    """The command that the first words name, and the words after them."""
    command: click.Command = hotline
    context = click.Context(hotline, info_name="hotline")
    rest = typed.words
    while isinstance(command, click.Group) and rest:
        found = command.get_command(context, rest[0])
        if found is None:
            break
        command, context, rest = found, click.Context(found, context, rest[0]), rest[1:]
    return command, context, rest


def shape_of(typed: Typed) -> tuple[str, ...]:
    """A command without its arguments, which differ between languages."""
    _, context, rest = resolved(typed)
    return (context.command_path, *sorted(word for word in rest if word.startswith("--")))


def paths_in(text: str) -> Iterator[tuple[str, str | None]]:
    """Paths of the project with the name they are said to define: web/cli.py:main → web/cli.py, main"""
    for found in _PATH.finditer(text):
        yield found[1], found[2]
    for found in _ROOT_FILE.finditer(text):
        yield found[1], None


def new_files(document: str) -> set[str]:
    return set(_NEW.findall(document))


def defined_in(path: Path) -> set[str]:
    """Names that a Python file defines, in classes too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return names


def settings_in(text: str) -> set[str]:
    return set(re.findall(r"HOTLINE_[A-Z_]+", text))


def glossary(section: str) -> list[tuple[str, str, str]]:
    """Chinese, English and code name of each line of a section's table."""
    _, _, after = DOCUMENTS["GLOSSARY.md"].partition(f"\n## {section}\n")
    lines = re.findall(r"^\| (.+?) \| (.+?) \| `(.+?)` \|", after.partition("\n## ")[0], re.MULTILINE)
    assert lines, f"GLOSSARY.md has no table under {section}"
    return lines


def toml_block(holding: str) -> str:
    """The block of a document that holds a table of this name."""
    blocks = [block for text in DOCUMENTS.values() for block in blocks_of(text)]
    return next(block.body for block in blocks if block.language == "toml" and holding in block.body)
