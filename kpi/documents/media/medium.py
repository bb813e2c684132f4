"""A format that is accepted, and what is found in a file of it."""

from dataclasses import dataclass


class DocumentRefused(ValueError):
    """这份文件不能收，原因见说明。"""


@dataclass(frozen=True)
class Medium:
    """A format."""

    title: str  # as people call it
    media_type: str  # RFC 6838


@dataclass(frozen=True)
class DocumentFormat:
    """A file's format and its pages; None where the format has none."""

    medium: Medium
    pages: int | None
