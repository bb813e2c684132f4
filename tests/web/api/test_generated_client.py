"""The description is good enough for a client that is generated from it, tried against a real server."""

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from types import ModuleType
from typing import Any

import pytest
from waitress import create_server

from tests.conftest import DATA
from tests.web.api.conftest import Interface, event
from web.access.api_tokens import Scope
from web.api.description import make_description

PACKAGE = "hotline_client"


@pytest.fixture(scope="session")
def generated(year: Interface, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """The client's package, made by openapi-python-client from nothing but the description."""
    folder = tmp_path_factory.mktemp("client")
    (folder / "openapi.json").write_text(json.dumps(make_description(year.app)), "utf-8")
    (folder / "config.json").write_text(json.dumps({"post_hooks": []}), "utf-8")
    command = [str(Path(sys.executable).parent / "openapi-python-client"), "generate", "--meta", "none"]
    options = ["--path", "openapi.json", "--config", "config.json", "--output-path", PACKAGE]
    made = subprocess.run([*command, *options], cwd=folder, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    sys.path.insert(0, str(folder))
    yield importlib.import_module(PACKAGE)
    sys.path.remove(str(folder))


@pytest.fixture(scope="session")
def served(year: Interface) -> Iterator[str]:
    server = create_server(year.app, host="127.0.0.1", port=0)
    Thread(target=server.run, daemon=True).start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()


@pytest.fixture
def client(generated: ModuleType, served: str, year: Interface) -> Any:
    """The generated client with a token of every scope."""
    return generated.AuthenticatedClient(base_url=served, token=year.issue(*Scope))


def call(name: str) -> Any:
    """An operation of the generated client; its answer has a status code and a parsed model."""
    return importlib.import_module(f"{PACKAGE}.api.default.{name}").sync_detailed


def model(name: str) -> Any:
    return getattr(importlib.import_module(f"{PACKAGE}.models"), name)


def test_every_operation_is_generated(generated: ModuleType, year: Interface):
    described = make_description(year.app)["paths"].values()
    names = {one["operationId"] for methods in described for one in methods.values()}
    folder = Path(str(generated.__file__)).parent / "api" / "default"
    assert {path.stem for path in folder.glob("*.py")} - {"__init__"} == names


def test_figures_are_read_and_unknown_is_none(client: Any):
    answer = call("list_figures")("tlf", "2023-08", client=client)
    assert answer.status_code == 200
    figures = {one.indicator: one for one in answer.parsed.figures}
    assert isinstance(figures["call_answer_rate"].value, str)
    unknown = [one for one in figures.values() if one.status == "无法核实"]
    assert unknown and all(one.value is None and one.gaps for one in unknown)
    rows = call("list_rows")("tlf", "2023-08", "call_answer_rate", "numerator", client=client).parsed
    assert str(rows.count) == figures["call_answer_rate"].numerator
    code = call("trace_code")("tlf", figures["call_answer_rate"].code, client=client).parsed
    assert code.found[0].stands is True


def test_coverage_definitions_and_scores_are_read(client: Any):
    assert call("show_coverage")("tlf", "2023", client=client).parsed.sources
    assert call("list_definitions")("tlf", client=client).parsed.definitions[0].card.to_dict()["分子"]
    [scheme, *_] = call("list_schemes")("tlf", "2023", client=client).parsed.schemes
    assert call("show_scores")("tlf", "2023", scheme.scheme, client=client).parsed.items


def test_events_are_sent_one_by_one_and_in_batches(client: Any):
    one = model("CloudEvent").from_dict(event(901))
    answers = [call("send_event")("small", body=one, client=client) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [401, 401]  # the token is of another centre
    answers = [call("send_event")("tlf", body=one, client=client) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    batch = [
        one,
        model("CloudEvent").from_dict(event(902)),
        model("CloudEvent").from_dict(event(902, id="x")),
    ]
    verdicts = call("send_events")("tlf", body=batch, client=client).parsed.events
    assert [verdict.verdict for verdict in verdicts] == ["duplicate", "accepted", "accepted"]


def test_a_file_is_sent_and_its_state_asked_for(client: Any, generated: ModuleType):
    file = importlib.import_module(f"{PACKAGE}.types").File
    path = DATA / "岗位核定.csv"
    with path.open("rb") as payload:
        body = model("SentFile")(file=file(payload=payload, file_name=path.name, mime_type="text/csv"))
        sent = call("send_file")("tlf", body=body, client=client)
    assert sent.status_code == 202
    state = call("find_file")("tlf", sent.parsed.file, client=client).parsed
    assert (state.file_name, state.size) == (path.name, path.stat().st_size)


def test_what_is_refused_is_told_in_the_form_that_is_described(
    client: Any, generated: ModuleType, served: str
):
    stranger = generated.AuthenticatedClient(base_url=served, token="hotline_none")
    answer = call("list_definitions")("tlf", client=stranger)
    assert (answer.status_code, type(answer.parsed).__name__) == (401, "Problem")
    assert call("list_rows")("tlf", "2023-08", "nonsense", "numerator", client=client).parsed.error
