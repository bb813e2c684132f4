"""Names of those who sign, and whether two of them are one person."""

import re
import unicodedata

LONGEST = 40  # of a name without its account
_ACCOUNT = re.compile(r"^(.*)（([a-z][a-z0-9._-]{2,31})）$", re.DOTALL)
_BETWEEN = re.compile(r"[\s\u00b7\u2022\u30fb\u2027]+")  # blanks, and the dots inside transcribed names
_JOINTS = re.compile(r"[.\-_‐‑–—']+")  # other signs that a reader passes over between two parts of a name
_OPENING, _CLOSING = "([{<【〔〖〈《「『", ")]}>】〕〗〉》」』"
_BRACKETS = str.maketrans(dict.fromkeys(_OPENING, "（") | dict.fromkeys(_CLOSING, "）"))
_UNSEEN = ("Cf", "Cc", "Mn")  # joiners and marks that a reader does not see


class SignatureProblem(ValueError):
    """署名不能用。"""


def clean_signature(name: str, act: str) -> str:
    """The name as it is kept. `act` says what is signed. Raises: SignatureProblem."""
    cleaned = clean_name(name)
    if not _fold_name(cleaned):
        raise SignatureProblem(f"{act}必须写明姓名。")
    if len(_split_account(cleaned)[0]) > LONGEST:
        raise SignatureProblem(f"姓名“{cleaned[:LONGEST]}…”太长：{act}的姓名最多{LONGEST}个字。")
    return cleaned


def clean_name(name: str) -> str:
    """A name without what a reader does not see."""
    return " ".join("".join(char for char in name if _is_visible(char)).split())


def is_same_name(one: str, other: str) -> bool:
    """Whether two names read alike: the same but for blanks, dots, joints, width and case of letters."""
    return _drop_joints(one) == _drop_joints(other)


def bears_account(name: str) -> bool:
    """Whether a name ends like a signature, and so would pass for somebody else's."""
    return _ACCOUNT.match(_fold_name(name).translate(_BRACKETS)) is not None


def format_signature(name: str, account: str) -> str:
    """A name with its account, by which namesakes are told apart: 王芳（wangfang）."""
    return f"{name}（{account}）"


def is_same_person(one: str, other: str) -> bool:
    """Whether two signatures are one person's.

    Two that bear accounts are told apart by these alone. Where one bears none, as at the machine itself, the
    names decide: the same but for blanks, dots, width and case of letters.
    """
    (name, account), (other_name, other_account) = _split_account(one), _split_account(other)
    if account and other_account:
        return account == other_account
    return is_same_name(name, other_name)


def _split_account(signature: str) -> tuple[str, str]:
    """Name and account; the latter empty where there is none."""
    found = _ACCOUNT.match(signature.strip())
    return (found[1], found[2]) if found else (signature, "")


def _fold_name(name: str) -> str:
    folded = unicodedata.normalize("NFKC", name).casefold()
    return _BETWEEN.sub("", "".join(char for char in folded if _is_visible(char)))


def _drop_joints(name: str) -> str:
    """What is compared; of a name that is nothing but such signs all of it."""
    folded = _fold_name(name)
    return _JOINTS.sub("", folded) or folded


def _is_visible(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) not in _UNSEEN
