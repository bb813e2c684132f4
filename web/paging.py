"""Which part of a long list a page shows; the number stands in the address."""

from collections.abc import Mapping
from dataclasses import dataclass

PER_PAGE = 50


@dataclass(frozen=True)
class Paging:
    """A page of a list of `total` entries; a number beyond the last page is the last page."""

    total: int
    asked: int = 1
    per_page: int = PER_PAGE

    @property
    def last(self) -> int:
        return max(1, -(-self.total // self.per_page))

    @property
    def number(self) -> int:
        return min(max(1, self.asked), self.last)

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.per_page

    @property
    def first_shown(self) -> int:
        return self.offset + 1 if self.total else 0

    @property
    def last_shown(self) -> int:
        return min(self.offset + self.per_page, self.total)


def read_page_number(arguments: Mapping[str, str]) -> int:
    """The page number of an address; 1 where it has none or nonsense."""
    text = arguments.get("page", "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 1
