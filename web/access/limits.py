"""How often one address may try: counted in the memory of the process."""

from typing import Any, cast

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

ATTEMPTS = "30 per minute; 300 per hour"  # an office may share one address
DELIVERIES = "120 per minute"

_LIMITED = {
    "sign_in.attempt": ATTEMPTS,
    "sign_in.code": ATTEMPTS,
    "own_account.password": ATTEMPTS,
    "deliveries_api.deliver": DELIVERIES,
}


def install(app: Flask) -> None:
    """Limits what can be tried, after all routes are known; too often answers 429."""
    limiter = Limiter(get_remote_address, app=app, storage_uri="memory://", headers_enabled=False)
    for endpoint, limit in _LIMITED.items():
        view: Any = app.view_functions[endpoint]
        app.view_functions[endpoint] = cast(Any, limiter.limit(limit, methods=["POST"])(view))
