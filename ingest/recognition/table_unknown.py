"""A table that is not taken in, because nobody knows for certain what it is."""

from ingest.profiles.profile import Profile
from tracker.tabular import FileRefused


class TableUnknown(FileRefused):
    """无法识别数据类型，或缺少必需的列。"""

    def __init__(self, sentence: str, *, near: bool) -> None:
        super().__init__(sentence)
        self.near = near  # it looks like a known kind, so leaving it out would lose rows


class ClockUnknown(TableUnknown):
    """钟点是不是 12 小时制，要先问清楚。"""

    def __init__(self, sentence: str) -> None:
        super().__init__(f"要先问清楚，没有导入：{sentence}", near=True)


def locate_profile(profile: Profile) -> str:
    """Where a profile is, or is to be, written down."""
    if profile.source:
        return f" {profile.source.name} "
    return f'（HOTLINE_HOME/profiles/名称.toml，kind = "{profile.kind.name}"，default = true）'
