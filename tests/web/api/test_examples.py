"""The examples of the interface's page, typed as they are printed."""

import re
import shlex
from io import BytesIO
from pathlib import Path

from ingest.events.taking_in import VerdictName
from kpi.figures import results
from tests.conftest import DATA
from tests.web.api.conftest import Interface
from web.access.api_tokens import Scope

PAGE = Path(__file__).resolve().parents[3] / "web" / "docs" / "api.md"


def examples() -> list[list[str]]:
    """The arguments of each curl command of the page."""
    text = "\n".join(re.findall(r"^```bash\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL))
    commands = re.split(r"^curl ", text.replace("\\\n", " "), flags=re.MULTILINE)
    return [shlex.split(command) for command in commands if command.strip()]


def test_every_example_of_the_page_works(interface: Interface):
    values = {"$HOTLINE": "", "$TOKEN": interface.issue(*Scope)}
    answers = []
    for address, *options in examples():
        for name, value in values.items():
            address, options = address.replace(name, value), [one.replace(name, value) for one in options]
        pairs = list(zip(options[::2], options[1::2], strict=True))
        headers = [tuple(value.split(": ", 1)) for option, value in pairs if option == "-H"]
        given = dict(pairs)
        data: object = given.get("-d")
        if "-F" in given:
            name = given["-F"].removeprefix("file=@")
            data = {"file": (BytesIO((DATA / name).read_bytes()), name)}
        method = "GET" if data is None else "POST"
        answer = interface.app.test_client().open(address, method=method, headers=headers, data=data)
        answers.append((address, answer.status_code))
        assert answer.status_code in (200, 201, 202), (address, answer.text)
        if address.endswith("/events/batch"):
            assert answer.get_json()["accepted"] == 2
            with interface.database.engine.begin() as connection:
                results.bring_up_to_date(connection, "tlf", interface.time[0])
        if address.endswith("/files"):
            values["$FILE"] = answer.get_json()["file"]
        if address.endswith("/figures/2024-03"):
            values["$CODE"] = answer.get_json()["figures"][0]["code"]
    assert len(answers) == 13


def test_the_page_names_every_scope_and_every_verdict():
    named = set(re.findall(r"^\| `([\w:]+)` \|", PAGE.read_text("utf-8"), re.MULTILINE))
    assert named == {*Scope, *VerdictName}
