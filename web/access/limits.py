"""How often one address may try, in all processes of the instance together."""

from typing import Any, cast

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from web.access.attempt_counts import DatabaseStorage
from web.instance import get_instance_of

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
    instance = get_instance_of(app)
    limiter = Limiter(
        get_remote_address,
        app=app,
        storage_uri=f"{DatabaseStorage.STORAGE_SCHEME[0]}://",
        storage_options=cast(Any, {"database": instance.database, "clock": instance.clock}),
        headers_enabled=False,
    )
    for endpoint, limit in _LIMITED.items():
        view: Any = app.view_functions[endpoint]
        app.view_functions[endpoint] = cast(Any, limiter.limit(limit, methods=["POST"])(view))
