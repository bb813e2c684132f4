"""A centre's own hours and time limits of work orders, kept in its profiles of them."""

from collections.abc import Iterator
from pathlib import Path

from ingest.kinds.work_orders import WORK_ORDERS
from ingest.profiles.deadlines import DeadlineRule
from ingest.profiles.own_profile import describe_deadline, write_own
from ingest.profiles.own_profiles import list_own
from ingest.profiles.profile import Profile
from ingest.profiles.toml_profiles import ProfileProblem
from tracker.toml_writing import replace_table, write_toml

_NAME = WORK_ORDERS.name  # the profile that takes the place of the kind's own


def find_deadline(home: Path, center: str) -> DeadlineRule | None:
    """The rule that orders without a deadline go by; None where the centre has said nothing."""
    found = (one.rules.deadline for one in _list_of_orders(home, center))
    return next((rule for rule in found if rule is not None), None)


def save_deadline(home: Path, center: str, rule: DeadlineRule) -> None:
    """Keeps a rule for files read by their titles, and in each profile of work orders that the centre has.

    It holds for files that are imported, and orders that are entered, from now on.
    Raises: ProfileProblem for a rule that could not be read again.
    """
    texts = {one.name: _read(one) for one in _list_of_orders(home, center)}
    texts.setdefault(_NAME, write_toml({"title": WORK_ORDERS.title, "kind": WORK_ORDERS.name}))
    for name, text in texts.items():
        write_own(
            home, center, name, replace_table(text, "deadline", describe_deadline(rule), ProfileProblem)
        )


def _list_of_orders(home: Path, center: str) -> Iterator[Profile]:
    """The centre's profiles of work orders that can be read."""
    own = list_own(home, center)
    return (one for one in own if one.kind.name == WORK_ORDERS.name and not one.problem)


def _read(profile: Profile) -> str:
    assert profile.source is not None
    return profile.source.read_text(encoding="utf-8-sig")
