"""Answers as JSON; every one is checked against the model that describes it."""

from collections.abc import Iterable
from typing import Any

from flask import Response
from pydantic import BaseModel

from ingest.importing.report import TableReport
from web.api.models import TableAnswer
from web.imports.effects import describe_table


def answer(model: BaseModel, code: int = 200) -> Response:
    """A model as the answer to a request."""
    return Response(model.model_dump_json(), code, mimetype="application/json")


def build_tables(tables: Iterable[TableReport]) -> list[TableAnswer]:
    """What became of the tables of a file."""
    return [build_table(describe_table(table)) for table in tables]


def build_table(described: dict[str, Any]) -> TableAnswer:
    """A table as a job keeps it."""
    return TableAnswer.model_validate({name: described[name] for name in TableAnswer.model_fields})
