"""The cookie of sessions: signed, never read by scripts, sent to this host alone, over TLS where it can be.

A wall screen has one of its own (`web/access/walls.py`), sent to its page alone.
"""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from tracker.vault import Vault


def install(app: Flask, vault: Vault, *, proxies: int) -> None:
    """`proxies`: how many reverse proxies with TLS stand in front; their word on address and scheme holds."""
    app.secret_key = vault.derive_key("cookie")
    app.config.update(
        SESSION_COOKIE_NAME="__Host-hotline" if proxies else "hotline",
        SESSION_COOKIE_SECURE=proxies > 0,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session
        WTF_I18N_ENABLED=False,
    )
    if proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies
        )
