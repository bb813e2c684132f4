"""档案: the cards' words about documents on file."""

from tests.kpi.from_cards.centre import Centre
from tests.kpi.from_cards.money import due
from tests.kpi.from_cards.people import there
from tests.kpi.from_cards.plain import Number, Plain, share
from tracker.periods import Period


def _on_file(centre: Centre) -> dict[str, set[str]]:
    """Thing → kinds of documents 在档: 以上传到本系统、没有撤销的文件为准."""
    withdrawn = {one.document for one in centre.withdrawn}
    found: dict[str, set[str]] = {}
    for one in centre.documents:
        if one.document not in withdrawn:
            found.setdefault(one.about, set()).add(one.kind)
    return found


def _begun(centre: Centre, sort: str) -> bool:
    """这一类材料一份也没有上传过时，本指标不适用。"""
    return any(about.startswith(f"{sort}/") for about in _on_file(centre))


def person_documents_complete_rate(centre: Centre, period: Period) -> Number | None:
    files, people = _on_file(centre), there(centre, period)
    if people is None or not _begun(centre, "person"):
        return None
    always = {"recruitment_approval", "diploma_check", "labour_contract", "pre_job_training"}
    complete = [
        person
        for person in people
        if always | ({"leaving_record"} if person.left_on else set()) <= files.get(person.subject, set())
    ]
    return share(complete, people)


def diploma_on_file_rate(centre: Centre, period: Period) -> Number | None:
    files, people = _on_file(centre), there(centre, period)
    if people is None or not _begun(centre, "person"):
        return None
    return share((one for one in people if "diploma_check" in files.get(one.subject, set())), people)


def payment_documents_complete_rate(centre: Centre, period: Period) -> Number | None:
    if not _begun(centre, "payment"):
        return None
    files, payments = _on_file(centre), due(centre, period)
    complete = [
        payment
        for payment in payments
        if {"contract", "invoice"} | ({"voucher"} if payment.paid_on else set())
        <= files.get(payment.subject, set())
    ]
    return share(complete, payments)


PLAIN: tuple[Plain, ...] = (
    person_documents_complete_rate,
    diploma_on_file_rate,
    payment_documents_complete_rate,
)
