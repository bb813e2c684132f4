"""Reading a document's fields one by one; what does not fit is refused with the field's place."""

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

_ABSENT = object()


class DefinitionProblem(ValueError):
    """口径有问题，原因见说明。"""


class Fields:
    """A table of a document. Each field is taken once; `finish` refuses what was never asked for."""

    def __init__(self, table: object, place: str = ""):
        self.place = place
        if not isinstance(table, Mapping):
            raise DefinitionProblem(f"{place or '口径'}应是一组字段，现在是“{table}”。")
        self._table = dict(table)
        self._asked: list[str] = []

    def take(self, name: str, default: Any = _ABSENT) -> Any:
        """The field's value; the default where it is absent. Raises: DefinitionProblem where it must be."""
        self._asked.append(name)
        value = self._table.pop(name, None)
        if value is None:
            if default is _ABSENT:
                raise DefinitionProblem(f"缺少字段 {self.at(name)}。")
            return default
        return value

    def text(self, name: str, default: Any = _ABSENT, *, empty: bool = False) -> Any:
        """A text, which is not blank unless it may be."""
        value = self.take(name, default)
        if value is not default and not isinstance(value, str):
            raise DefinitionProblem(f"字段 {self.at(name)} 应是文字（加引号），现在是“{value}”。")
        if isinstance(value, str) and not value.strip() and not empty:
            raise DefinitionProblem(f"字段 {self.at(name)} 是空的，请填写。")
        return value

    def whole(self, name: str, least: int, most: int, default: Any = _ABSENT) -> int:
        """A whole number within bounds."""
        value = self.take(name, default)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise DefinitionProblem(f"字段 {self.at(name)} 应是{least}至{most}的整数，现在是“{value}”。")
        return value

    def flag(self, name: str) -> bool:
        """true or false; false where absent."""
        value = self.take(name, False)
        if not isinstance(value, bool):
            raise DefinitionProblem(f"字段 {self.at(name)} 应写 true 或 false，现在是“{value}”。")
        return value

    def choice(self, name: str, allowed: Collection[str], default: Any = _ABSENT) -> str:
        """One of a few words."""
        value = self.text(name, default)
        if value not in allowed:
            told = "、".join(allowed)
            raise DefinitionProblem(f"字段 {self.at(name)} 不能写“{value}”，可用的有：{told}。")
        return str(value)

    def known(self, name: str, known: Collection[str], what: str) -> str:
        """A key of a registry; what is near is named."""
        value = str(self.text(name))
        self.check_known(name, value, known, what)
        return value

    def check_known(self, name: str, value: object, known: Collection[str], what: str) -> None:
        """Raises: DefinitionProblem that names what is near."""
        if value not in known:
            near = get_close_matches(str(value), known, n=3, cutoff=0.5)
            hint = f"相近的有：{'、'.join(near)}。" if near else "hotline catalogue 列出全部指标和计量。"
            raise DefinitionProblem(f"字段 {self.at(name)}：没有{what}“{value}”。{hint}")

    def table(self, name: str) -> "Fields":
        """A table within."""
        return Fields(self.take(name), self.at(name))

    def table_or_none(self, name: str) -> "Fields | None":
        """A table within, where there is one."""
        value = self.take(name, None)
        return None if value is None else Fields(value, self.at(name))

    def items(self, name: str) -> Iterator[tuple[str, Any]]:
        """The items of a list that must not be empty, each with its place."""
        value = self.take(name)
        if not isinstance(value, list) or not value:
            raise DefinitionProblem(f"字段 {self.at(name)} 应是至少有一项的列表，现在是“{value}”。")
        for number, item in enumerate(value, start=1):
            yield f"{self.at(name)} 第{number}项", item

    def finish(self) -> None:
        """Raises: DefinitionProblem for a field that nobody knows."""
        for name in self._table:
            near = get_close_matches(name, self._asked, n=1, cutoff=0.5)
            hint = f"是不是“{near[0]}”？" if near else f"可用的有：{'、'.join(self._asked)}。"
            raise DefinitionProblem(f"不认识字段 {self.at(name)}，{hint}")

    def at(self, name: str) -> str:
        """A field's place in the whole document."""
        joint = " 的 " if self.place.endswith("项") else "."
        return f"{self.place}{joint}{name}" if self.place else name
