"""Requests turned away before anybody looked at what they ask for: a row of the trail, but not one each.

A flood must be seen and must not fill the trail: one row an address, a kind and a minute says when it began
and that it goes on. Each refused sign-in and each locked account has its own row besides.
"""

from flask import request

from web.access.guard import audit, get_request_origin
from web.access.limits import count_event, find_network
from web.access.machines import LONGEST_PATH
from web.access.trail import Action

_EVERY = 60  # seconds


def note_turned_away(action: Action) -> None:
    """Writes down the first refusal of a kind and an address in a minute."""
    if count_event(f"{action}/{find_network(get_request_origin().address)}", _EVERY) == 1:
        about = request.path[:LONGEST_PATH].replace("\0", "\ufffd")
        audit(action, about, result="refused")
