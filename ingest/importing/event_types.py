"""Types of CloudEvents: one for each kind of table whose rows can be sent one by one."""

from ingest.kinds import KINDS, TableKind
from tracker.tabular import FileRefused

PREFIX = "hotline."
_OF_A_MONTH = ("posts", "survey_answers", "survey_issues")  # one row of these backs its month
EVENT_KINDS: dict[str, TableKind] = {
    PREFIX + kind.name: kind for kind in KINDS if not (kind.snapshot or kind.name in _OF_A_MONTH)
}


def find_kind(event_type: str) -> TableKind:
    """The kind of table whose row an event of this type holds. Raises: FileRefused for another type."""
    kind = EVENT_KINDS.get(event_type)
    if kind is not None:
        return kind
    listed = [one.title for one in KINDS if one.snapshot and event_type == PREFIX + one.name]
    if listed:
        raise FileRefused(f"“{listed[0]}”是整份的名单，一条事件说明不了谁不在其中；请整份报送文件。")
    of_months = [one.title for one in KINDS if event_type == PREFIX + one.name]
    if of_months:
        raise FileRefused(f"“{of_months[0]}”有一行就作整月的依据，一条事件说明不了齐不齐；请整份报送文件。")
    raise FileRefused(f"不认识的事件类型“{event_type}”；可用的有 {'、'.join(EVENT_KINDS)}。")
