"""Names of those who sign, and whether two of them are one person."""

import re
import unicodedata

LONGEST = 40
_BETWEEN = re.compile(r"[\s\u00b7\u2022\u30fb\u2027]+")  # blanks, and the dots inside transcribed names
_UNSEEN = ("Cf", "Cc", "Mn")  # joiners and marks that a reader does not see


class SignatureProblem(ValueError):
    """署名不能用。"""


def clean_signature(name: str, act: str) -> str:
    """The name as it is kept. `act` says what is signed. Raises: SignatureProblem."""
    cleaned = " ".join("".join(char for char in name if _is_visible(char)).split())
    if not _fold_name(cleaned):
        raise SignatureProblem(f"{act}必须写明姓名。")
    if len(cleaned) > LONGEST:
        raise SignatureProblem(f"姓名“{cleaned[:LONGEST]}…”太长：{act}的姓名最多{LONGEST}个字。")
    return cleaned


def is_same_person(one: str, other: str) -> bool:
    """Whether two names are the same but for blanks, dots, width and case of letters."""
    return _fold_name(one) == _fold_name(other)


def _fold_name(name: str) -> str:
    folded = unicodedata.normalize("NFKC", name).casefold()
    return _BETWEEN.sub("", "".join(char for char in folded if _is_visible(char)))


def _is_visible(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) not in _UNSEEN
