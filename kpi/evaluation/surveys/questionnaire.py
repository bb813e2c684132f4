"""A questionnaire as a TOML file: questions, options, scores."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from tracker.toml_file import TomlTable, read_exact_number, read_toml

PACKAGED = Path(__file__).parent.with_name("questionnaires")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class QuestionnaireProblem(ValueError):
    """问卷写错了：说明里有文件、行号和改法。"""


class UnknownQuestionnaire(LookupError):
    """没有这份问卷。"""


@dataclass(frozen=True)
class Question:
    """One question; `scores` has a number for each option where it counts in reliability."""

    key: str
    text: str
    options: tuple[str, ...]
    scores: tuple[Fraction, ...] | None = None
    multiple: bool = False  # several options may be chosen

    def option(self, text: str) -> str | None:
        """The option meant by its words or by its letter; None for neither."""
        if text in self.options:
            return text
        place = LETTERS.find(text.upper()) if len(text) == 1 else -1
        return self.options[place] if 0 <= place < len(self.options) else None


@dataclass(frozen=True)
class Questionnaire:
    """A questionnaire, how many were issued, and how many people it speaks for."""

    title: str
    questions: tuple[Question, ...]
    issued: int | None = None
    population: int | None = None

    @property
    def scored(self) -> tuple[Question, ...]:
        return tuple(question for question in self.questions if question.scores is not None)


def read_questionnaire(path: Path) -> Questionnaire:
    """Raises: QuestionnaireProblem with file, line and what to do."""
    node = read_toml(path, QuestionnaireProblem)
    node.only("title", "issued", "population", "questions")
    questions = tuple(_read_question(key, one) for key, one in node.named_tables("questions"))
    if not questions:
        raise node.problem(None, "问卷里没有 [questions.…] 题目。")
    issued, people = (node.whole(key, 1) if key in node else None for key in ("issued", "population"))
    return Questionnaire(node.text("title"), questions, issued, people)


def find_questionnaire(name: str, home: Path | None) -> Path:
    """The file of a questionnaire: by its path, from the home, or packaged. Raises: UnknownQuestionnaire."""
    if name.endswith(".toml"):
        return Path(name)
    paths = list_questionnaires(home)
    if name not in paths:
        raise UnknownQuestionnaire(f"没有问卷“{name}”；可用的有 {'、'.join(paths)}，或写问卷文件的路径。")
    return paths[name]


def list_questionnaires(home: Path | None) -> dict[str, Path]:
    """Name → file of every questionnaire there is; one of the home wins over a packaged one of its name."""
    folders = [PACKAGED] if home is None else [PACKAGED, home / "questionnaires"]
    found = {path.stem: path for folder in folders for path in folder.glob("*.toml")}
    return {name: found[name] for name in sorted(found)}


def _read_question(key: str, node: TomlTable) -> Question:
    node.only("text", "options", "scores", "multiple")
    options = node.texts("options")
    scores = tuple(node.read_each("scores", read_exact_number)) if "scores" in node else None
    if len(options) < 2 or len(set(options)) != len(options):
        raise node.problem("options", "至少要有两个不同的选项。")
    if scores is not None and len(scores) != len(options):
        raise node.problem("scores", f"有{len(scores)}个，选项有{len(options)}个，应一一对应。")
    if scores is not None and node.flag("multiple"):
        raise node.problem("scores", "只能用于单选题；多选题不计入信度。")
    return Question(key, node.text("text"), options, scores, node.flag("multiple"))
