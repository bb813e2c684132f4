"""The description of the interface for machines, after OpenAPI 3.1."""

from flask import Blueprint, current_app
from werkzeug.wrappers import Response

from web.access import open_to_all

pages = Blueprint("openapi", __name__)


@pages.get("/api/openapi.json")
@open_to_all
def description() -> Response:
    """The description as it is kept beside the other static files."""
    return current_app.send_static_file("openapi.json")
