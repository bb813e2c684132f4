"""Commands at the machine itself: whoever runs one is named by the operating system, and it is audited."""

import getpass
from datetime import datetime

from tracker.database import has_database, open_database
from tracker.settings import Settings
from web.access.trail import Action, record


def get_operator() -> str:
    """The account of the operating system, told apart from accounts of ours."""
    return f"本机:{getpass.getuser()}"


def note_command(about: str, now: datetime) -> None:
    """Adds a row about a command that has run, where there is a database."""
    settings = Settings.read()
    if not has_database(settings):
        return
    database = open_database(settings)
    with database.connect() as connection:
        record(connection, Action.COMMANDED, login=get_operator(), address="", now=now, about=about)
    database.close()
