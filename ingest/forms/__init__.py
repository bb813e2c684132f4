"""Forms: what a person enters by hand becomes events by the same kinds of tables that files go through.

`FORMS` is the registry; one module a domain.
"""

from ingest.forms.daily import CALL_TALLY, COUNTS, INSPECTION, OUTAGE
from ingest.forms.declarations import DECLARATION
from ingest.forms.establishment import CONTRACTED_SEATS, POST
from ingest.forms.form import Form
from ingest.forms.money import PAYMENT
from ingest.forms.names import NAME
from ingest.forms.orders import ORDER, STEP
from ingest.forms.people import JOINING, LEAVE, LEAVING, TRANSFER

__all__ = ["FORMS", "FORM_NAMED", "Form"]

FORMS: tuple[Form, ...] = (
    CALL_TALLY,
    COUNTS,
    ORDER,
    STEP,
    INSPECTION,
    JOINING,
    LEAVING,
    TRANSFER,
    LEAVE,
    PAYMENT,
    OUTAGE,
    POST,
    CONTRACTED_SEATS,
    NAME,
    DECLARATION,
)

FORM_NAMED = {form.name: form for form in FORMS}
