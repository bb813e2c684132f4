"""The pages of access, one module a family; `PAGES` is the registry."""

from web.access.pages import (
    center_list,
    erasures,
    new_people,
    own_account,
    people,
    presence,
    security_settings,
    sign_in,
    system,
    tokens,
    trail,
)

PAGES = (
    sign_in.pages,
    presence.pages,
    own_account.pages,
    people.pages,
    new_people.pages,
    center_list.pages,
    tokens.pages,
    erasures.pages,
    security_settings.pages,
    system.pages,
    trail.pages,
)
