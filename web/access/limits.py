"""How often one address may try, in all processes of the instance together.

Of the newer addresses (IPv6) one subscriber has a whole network of 64 bits, which counts as one.
"""

from ipaddress import IPv6Address, ip_address
from typing import Any, cast

from flask import Flask, current_app
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from web.access.attempt_counts import DatabaseStorage
from web.instance import get_instance_of

ATTEMPTS = "30 per minute; 300 per hour"  # an office may share one address
DELIVERIES = "120 per minute"
MACHINES = "600 per minute"  # of events, and of what is read
FAILED_TOKENS = ATTEMPTS

_KEY = "hotline.limiter"
_LIMITED = {
    "sign_in.attempt": ATTEMPTS,
    "sign_in.code": ATTEMPTS,
    "wall.enter": ATTEMPTS,
    "own_account.password": ATTEMPTS,
    "own_account.second_factor_page": ATTEMPTS,
    "own_account.recovery_codes": ATTEMPTS,
    "api.deliver": DELIVERIES,
    "api.send_file": DELIVERIES,
    "api.send_event": MACHINES,
    "api.send_events": MACHINES,
}
_OF_MACHINES = "api."


def install(app: Flask) -> None:
    """Limits what can be tried, after all routes are known; too often answers 429."""
    instance = get_instance_of(app)
    limiter = Limiter(
        lambda: find_network(get_remote_address()),
        app=app,
        storage_uri=f"{DatabaseStorage.STORAGE_SCHEME[0]}://",
        storage_options=cast(Any, {"database": instance.database, "clock": instance.clock}),
        headers_enabled=False,
    )
    app.extensions[_KEY] = limiter
    for endpoint, limit in _LIMITED.items():
        _limit(app, limiter, endpoint, limit, "POST")
    for endpoint in [one for one in app.view_functions if one.startswith(_OF_MACHINES)]:
        _limit(app, limiter, endpoint, MACHINES, "GET", "HEAD")


def find_network(address: str) -> str:
    """What counts as one address: 2001:db8::7 → 2001:db8::/64; ::ffff:10.0.0.8 → 10.0.0.8."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return address
    return str(found.ipv4_mapped or f"{IPv6Address(int(found) >> 64 << 64)}/64")


def count_failed_token() -> None:
    """Counts a request whose token does not let it in. Raises: 429 where an address has too many."""
    with current_app.extensions[_KEY].shared_limit(FAILED_TOKENS, "failed tokens"):
        pass


def count_event(key: str, seconds: int) -> int:
    """How often something has happened within its window of seconds, this time included."""
    storage: DatabaseStorage = current_app.extensions[_KEY].storage
    return storage.incr(f"events/{key}", seconds)


def _limit(app: Flask, limiter: Limiter, endpoint: str, limit: str, *methods: str) -> None:
    view: Any = app.view_functions[endpoint]
    app.view_functions[endpoint] = cast(Any, limiter.limit(limit, methods=[*methods])(view))
