"""Which definition a person means by a version number, a fork's code or a file."""

from pathlib import Path

from kpi.figures.definitions.fields import DefinitionProblem
from kpi.figures.definitions.in_force import Definitions
from kpi.figures.definitions.reading import read_definition_file
from kpi.figures.forks import forks_of
from kpi.figures.indicators import Indicator


def choose(known: Definitions, key: str, told: str) -> Indicator:
    """A version `2`, a fork `all_inbound`, or a file. Raises: DefinitionProblem."""
    if told.isdigit():
        return known.version(key, int(told))
    forks = {fork.name: fork.definition for fork in forks_of(key)}
    if told in forks:
        return forks[told]
    if not told.endswith(".toml"):
        names = "、".join(forks) or "无"
        raise DefinitionProblem(
            f"没有口径“{told}”：请写版本号、口径文件（.toml），或对照口径的编码（{names}）。"
        )
    found = read_definition_file(Path(told))
    if found.key != key:
        raise DefinitionProblem(f"文件 {told} 是 {found.key} 的口径，不是 {key} 的。")
    return found
