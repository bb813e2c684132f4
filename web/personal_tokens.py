"""How pages show the tokens of names and numbers that stand within a text: masked, or shortened."""

import re
from collections.abc import Mapping

from tracker.personal_numbers import TOKEN, TOKEN_NAMES

_IN_TEXT = re.compile(rf"〔({TOKEN})〕")


def split_tokens(text: str, masks: Mapping[str, str]) -> list[tuple[str, str | None]]:
    """A text in pieces, each with what is shown in its place if it is a token: its masked value."""
    pieces: list[tuple[str, str | None]] = []
    end = 0
    for found in _IN_TEXT.finditer(text):
        if found[1] in masks:
            pieces += [(text[end : found.start()], None), (found[1], masks[found[1]])]
            end = found.end()
    return [piece for piece in (*pieces, (text[end:], None)) if piece[0]]


def shorten_tokens(text: str) -> str:
    """张三丰电话〔phone-1a2b3c…〕 → 张三丰电话〔号码1a2b3c〕: enough to tell two apart."""
    return _IN_TEXT.sub(_shorten_token, text)


def _shorten_token(found: re.Match[str]) -> str:
    kind, _, digits = found[1].partition("-")
    return f"〔{TOKEN_NAMES[kind]}{digits[:6]}〕"
