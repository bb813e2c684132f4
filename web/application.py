"""The web application: reads what the log and the figures say, and shows it to those who may see it."""

from datetime import datetime

from flask import Flask
from flask_bootstrap import Bootstrap5  # type: ignore[import-untyped]
from flask_wtf import CSRFProtect  # type: ignore[import-untyped]

from tracker.database import Database
from tracker.periods import SHANGHAI
from tracker.settings import Settings
from tracker.vault import Vault, open_vault
from web import (
    addresses,
    as_of,
    compression,
    cookies,
    direction_marks,
    formatting,
    headers,
    instance,
    null_characters,
    problems,
    static_files,
)
from web.access import guard, limits
from web.access.demo_people import DEMO
from web.api import api, openapi
from web.help_cards import draw_help_card
from web.instance import Clock, Instance
from web.pages import PAGES, health


def create_app(
    database: Database,
    settings: Settings,
    *,
    clock: Clock = lambda: datetime.now(SHANGHAI),
    vault: Vault | None = None,
    demo: bool = False,
) -> Flask:
    """The application over a database. It keeps nothing in memory that another process would have to know.

    `demo` lets everybody in as one of the demo's people. `vault` is the instance's own when not given.
    """
    app = Flask(__name__, static_url_path="/-/static")
    app.config["BOOTSTRAP_SERVE_LOCAL"] = True
    app.config[DEMO] = demo
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    compression.install(app)
    Bootstrap5(app)
    vault = vault or open_vault(settings)
    instance.install(app, Instance(database, clock, settings, vault))
    cookies.install(app, vault, proxies=settings.proxies)
    addresses.install(app)
    as_of.install(app)
    headers.install(app)
    static_files.install(app)
    direction_marks.install(app)
    formatting.install(app)
    app.jinja_env.globals["help_card"] = draw_help_card
    problems.install(app)
    guard.install(app)
    health.install(app)
    null_characters.install(app)
    forgery = CSRFProtect(app)
    for pages in (*PAGES, openapi.pages):
        app.register_blueprint(pages)
    app.register_blueprint(api)
    forgery.exempt(api)  # heeds no cookie
    limits.install(app)
    return app
