"""Access: who is signed in, what she may do, and the trail of it.

For whoever writes a page
-------------------------
Every route declares what it asks for, below the route's own decorator; without it the route is refused for
everybody and a test fails::

    from web.access import Right, allowed, signed_in, audit, Action, may, years_seen
    from web.instance import db, log_db, writing, now

    @pages.post("/<center:center>/<month:month>/submission")
    @allowed(Right.SUBMIT)
    def submit(center: str, month: Month) -> Response:
        with open_log_transaction() as connection:  # get_connection() can only read
            close(connection, center, month, by=get_person().signature, now=get_now())
            note(connection, Action.SUBMITTED, f"{center} {month}")   # same transaction
        return redirect(...)

- `allowed(Right.X)`: the person of the session must hold the right at the centre in the address
  (`<center:center>`) and for the year of every year, period or month in it. Another centre reads 404
  as if it were not there, a missing right 403. None of this is to be checked again in the view. `open_to_all`
  asks for nobody, `for_machines` for a centre's token.
- A page without a year in its address may hold things of several years: `get_visible_years(center)` gives
  those that the person may see, None for all; narrow what is shown by it (`web.access.years.is_seen`).
- What is written is looked at before it is committed: events of other years are taken back, with 403.
- `get_person()` gives the Person: `.login` (stored), `.name` (shown), `.signature` (signed: name and
  account), `.may(right, center, year)`.
- `may(right, center, year)` decides what a page offers; templates know `may`, `Right` and `me`.
- `audit(Action.X, about, details={…})` adds a row to the audit trail in a transaction of its own,
  `note(connection, Action.X, …)` in that of what is done. No personal data in either.
- A form is a `web.forms.PageForm`, its fields are drawn by `field` of templates/access/_form.html. CSRF is
  checked on every POST; a hand-written form holds `{{ token() }}` of the same file.
- A view that takes files has `@takes_files`; `with web.uploads.receive() as path` gives the file on disk.
- A file that leaves carries `web.downloads.make_stamp()` and leaves `audit(Action.EXPORTED, …)`.

Rights and roles are data in `rights.py`; new rights go there, and into the table of
tests/web/access/test_routes.py that lists every route with the roles that it lets in.
"""

from web.access.guard import (
    Door,
    allowed,
    audit,
    for_machines,
    get_person,
    get_request_origin,
    get_visible_years,
    may,
    note,
    open_to_all,
    takes_files,
)
from web.access.people import Person
from web.access.rights import Right, Role
from web.access.trail import Action

__all__ = [
    "Action",
    "Door",
    "Person",
    "Right",
    "Role",
    "allowed",
    "audit",
    "for_machines",
    "get_person",
    "get_request_origin",
    "get_visible_years",
    "may",
    "note",
    "open_to_all",
    "takes_files",
]
