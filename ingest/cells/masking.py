"""Personal values as they may be shown outside the vault."""

from tracker.personal_text import mask_numbers


def mask_value(value: str, *, personal: bool) -> str:
    """All but the beginning starred; in other values only a person's numbers."""
    if personal:
        keep = 3 if value[:1].isdigit() else 1
        return value[:keep] + "*" * (len(value) - keep)
    return mask_numbers(value)
