"""Personal values as they may be shown outside the vault."""

import re

_NUMBERS = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|\d{17}[\dXx])(?!\d)")  # mobile numbers, identity cards


def mask_value(value: str, *, personal: bool) -> str:
    """All but the beginning starred; in other values only what looks like a person's number."""
    if personal:
        keep = 3 if value[:1].isdigit() else 1
        return value[:keep] + "*" * (len(value) - keep)
    return _NUMBERS.sub(lambda found: found[0][:3] + "*" * (len(found[0]) - 3), value)
