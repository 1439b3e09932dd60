"""DOC-07 离岗告示卡: the card a person puts up on leaving a post, also in a power cut (AWY-11). rid: the notice."""

from server.papers.faces import Kind, Reader
from server.papers.kinds.notices import Notice, SeenPublic, back, label, notice, stand_in
from server.papers.values import Value, Values, word


def data(reader: Reader, rid: str) -> Values | None:
    """Plate name, label, expected return, stand-in, window, hall phone: what anybody may know, and nothing else."""
    found = notice(reader, rid)
    if found is None or found.state not in ("active", "overdue"):
        return None
    seen = reader.person(found.person)
    deputy = stand_in(reader, found)
    return {
        "post": [post for rid in found.posts if (post := reader.post(rid))] or None,
        "unit": reader.unit(found.unit or (seen.unit if seen else "")),
        "label": word(f"label.{label(found)}"),
        "who": word("whole_unit") if found.whole_unit else reader.plate(found.person),
        "back": back(reader, found),
        "stand_in": deputy,
        "go_to": None if deputy else _go_to(reader, found),
        "phone": reader.hall.phone or None,
    }


def _go_to(reader: Reader, notice: Notice) -> Value:
    """The neighbour window visitors are sent to while nobody serves here."""
    found = (reader.faces.get("post.pub", rid, SeenPublic) for rid in notice.posts)
    number = next((one.go_to for one in found if one and one.go_to), "")
    return word("post.window", number=number) if number else None


KIND = Kind("away_card", data)
