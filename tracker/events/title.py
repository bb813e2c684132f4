"""What people read of an event's fields: declared once, on the field, and taken from there everywhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from inspect import get_annotations
from typing import get_args


@dataclass(frozen=True)
class Title:
    """A field's Chinese name, which stands beside its type: `Annotated[int | None, Title("通话时长")]`."""

    text: str
    unit: str = ""  # of a bare number, in Chinese
    words: Mapping[str, str] = field(default_factory=dict)  # code → what people read in its place
    personal: bool = False  # the log holds a token of the vault instead of the value
    code: bool = False  # identifies a thing, or is computed: read as no text of a person's

    @property
    def of_logged(self) -> str:
        """The title above what the log holds: 被叫号码（脱敏标识）."""
        return f"{self.text}（脱敏标识）" if self.personal else self.text

    @property
    def of_bare(self) -> str:
        """The title above a value that is printed as the log holds it: 通话时长（毫秒）."""
        return f"{self.text}（{self.unit}）" if self.unit else self.of_logged


def collect_titles(declared: type) -> dict[str, Title]:
    """The titles of a class's fields, those of its bases included; a field declared anew keeps its title."""
    return {
        name: title
        for base in reversed(declared.__mro__)
        for name, annotation in get_annotations(base).items()
        for title in get_args(annotation)
        if isinstance(title, Title)
    }
