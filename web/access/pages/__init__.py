"""The pages of access, one module a family; `PAGES` is the registry."""

from web.access.pages import own_account, people, presence, sign_in, system, tokens, trail

PAGES = (
    sign_in.pages,
    presence.pages,
    own_account.pages,
    people.pages,
    tokens.pages,
    system.pages,
    trail.pages,
)
