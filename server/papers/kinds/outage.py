"""DOC-24 补录用纸质表 (EMG-10): empty forms for when nothing else works. rid: which form, and any mark that tells one sheet from another.

Every sheet has a number of its own before anything is written on it; what is typed in later names that number.
"""

from server.domain.hall.rules import of_the_hall
from server.papers.faces import Kind, Reader
from server.papers.values import Values, word

FORMS = ("away", "handover", "incident")
LINES_TO_WRITE = ("hall_unit", "kept_by", "from_time", "to_time")
OF_INCIDENTS = ("kind", "place", "found", "level", "people", "reporter", "first")


def data(reader: Reader, rid: str) -> Values | None:
    """An empty form for anybody of the hall; a mystery shopper and a screen keep none of its books."""
    form = rid.partition("-")[0]
    if form not in FORMS or not of_the_hall(reader.actor):
        return None
    return {
        "form": word(f"form.{form}"),
        **dict.fromkeys((*LINES_TO_WRITE, *OF_INCIDENTS), ""),
        form: [],
        "sign_keeper": None,
        "sign_typist": None,
    }


KIND = Kind("outage_form", data, each=True)
