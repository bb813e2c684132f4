"""The blueprint of the interface: its routes are under /api/, and whatever goes wrong is JSON."""

from flask import Blueprint, current_app, jsonify, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from web.uploads import FORM_BYTES

api = Blueprint("api", __name__, url_prefix="/api")


@api.errorhandler(HTTPException)
def refused(problem: HTTPException) -> tuple[Response, int]:
    """Errors in the form of the interface."""
    view = current_app.view_functions.get(request.endpoint or "")
    most = getattr(view, "most_bytes", FORM_BYTES) / (1 << 20)
    sentences = {413: f"请求太大：一次最多 {most:g} MB。", 429: "请求太频繁，请过一分钟再试。"}
    code = problem.code or 500
    return jsonify(error=sentences.get(code, problem.description)), code
