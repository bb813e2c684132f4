"""The web application: reads what the log and the figures say, and shows it."""

from datetime import datetime

from flask import Flask
from flask_bootstrap import Bootstrap5  # type: ignore[import-untyped]

from tracker.database import Database
from tracker.periods import SHANGHAI
from web import addresses, headers, instance, problems, wording
from web.instance import Clock, Instance
from web.pages import PAGES


def create_app(database: Database, *, clock: Clock = lambda: datetime.now(SHANGHAI)) -> Flask:
    """The application over a database. It needs no settings of its own and keeps nothing in memory."""
    app = Flask(__name__, static_url_path="/-/static")
    app.config["BOOTSTRAP_SERVE_LOCAL"] = True
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    Bootstrap5(app)
    instance.install(app, Instance(database, clock))
    addresses.install(app)
    headers.install(app)
    wording.install(app)
    problems.install(app)
    for pages in PAGES:
        app.register_blueprint(pages)
    return app
