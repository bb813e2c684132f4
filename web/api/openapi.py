"""Where the description of the interface for machines is read."""

from typing import Any, cast

from flask import Blueprint, current_app, jsonify
from werkzeug.wrappers import Response

from web.access import open_to_all
from web.api.description import Operation, describe, make_description

pages = Blueprint("openapi", __name__)


@pages.get("/api/openapi.json")
@open_to_all
@describe(Operation(summary="本说明", answers={200: ("OpenAPI 3.1 说明", None)}))
def description() -> Response:
    """The description, made from the routes as they are."""
    return jsonify(make_description(cast(Any, current_app)._get_current_object()))
