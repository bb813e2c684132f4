"""What machines use: events and files by HTTP, figures to read, and the description of it.

Each of the modules imported here adds its routes to the blueprint.
"""

from web.api import events, files, reading
from web.api.blueprint import api

__all__ = ["api", "events", "files", "reading"]
