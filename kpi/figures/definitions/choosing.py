"""Which definition a person means by a version number, a fork's code or a file."""

from pathlib import Path

from kpi.figures.definitions.fields import DefinitionProblem
from kpi.figures.definitions.in_force import Definitions
from kpi.figures.definitions.reading import read_definition_file
from kpi.figures.forks import list_forks
from kpi.figures.indicators import Indicator


def choose_definition(definitions: Definitions, key: str, name: str) -> Indicator:
    """A version `2`, a fork `all_inbound`, or a file. Raises: DefinitionProblem."""
    if name.isdigit():
        return definitions.version(key, int(name))
    forks = {fork.name: fork.definition for fork in list_forks(key)}
    if name in forks:
        return forks[name]
    if not name.endswith(".toml"):
        names = "、".join(forks) or "无"
        raise DefinitionProblem(
            f"没有口径“{name}”：请写版本号、口径文件（.toml），或其他口径的编码（{names}）。"
        )
    indicator = read_definition_file(Path(name))
    if indicator.key != key:
        raise DefinitionProblem(f"文件 {name} 是 {indicator.key} 的口径，不是 {key} 的。")
    return indicator
