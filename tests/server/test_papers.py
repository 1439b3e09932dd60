"""Printed documents: what they say in every locale, who gets them, and how a copy is told from a forgery (DOC-07, DOC-08, AWY-11).

Read as people read them: the text, the page and the fonts of the PDF that the server gave.
"""

import io
import re
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pypdf
import pypdfium2
import pytest
import zxingcpp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from server.domain.attendance.ops import PunchCorrect
from server.domain.handover.ops import HandoverItem, Prepare
from server.domain.leave.ops import LeaveRequest
from server.domain.presence.ops import Announce, Extend, Return
from server.papers.check import words
from server.papers.template import LOCALES, template
from server.papers.values import common
from sync.keys import key_from
from sync.ops import receipt_code
from sync.stamp import Stamp, sign, sign_on_device
from tests.support.cast import Cast
from tests.support.day import post_of
from tests.support.server import RunningServer

MM = 72 / 25.4


class Paper:
    """A document as it came: its pages, and its text without the spaces a line or a digit makes."""

    def __init__(self, answer: httpx.Response) -> None:
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "application/pdf"
        self.headers = answer.headers
        self.bytes = answer.content
        self.pdf = pypdf.PdfReader(io.BytesIO(answer.content))
        self.text = re.sub(r"\s+", "", "".join(page.extract_text() for page in self.pdf.pages))

    @property
    def size_mm(self) -> tuple[int, int]:
        box = self.pdf.pages[0].mediabox
        return round(float(box.width) / MM), round(float(box.height) / MM)

    @property
    def fonts(self) -> dict[str, bool]:
        """Every font by name, and whether it is in the file."""
        found = {}
        for page in self.pdf.pages:
            for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
                for one in font["/DescendantFonts"]:
                    inner = one.get_object()
                    found[str(inner["/BaseFont"])] = any(key.startswith("/FontFile") for key in inner["/FontDescriptor"])
        return found


def bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


def fetch(device: Any, kind: str, rid: str, **query: str) -> httpx.Response:
    answer: httpx.Response = device.http.get(f"/s/{device.site}/paper/{kind}/{rid}.pdf", params=query)
    return answer


@pytest.fixture
def away(cast: Cast) -> Iterator[tuple[Any, str]]:
    """王 has left for a site visit, 李 stands in: 王's device and the notice."""
    wang = cast["王"].pull()
    now = wang.clocks.wall_ms()
    duties = wang.replica.bodies("duty").values()
    stand_in = next((duty["b"] for duty in duties if duty["a"] == wang.uid and duty["b"]), None)
    private = {"text": "SECRET", "destination": "DEST"}
    args = Announce([post_of(wang)], "site_visit", now - 1000, now + 1_800_000, wang.uid, stand_in=stand_in, **private)
    result = wang.do("away.announce", args)
    assert result.st == "applied", result
    yield wang.pull(), result.rid
    wang.do("away.return", Return(wang.clocks.wall_ms()), result.rid)


@pytest.mark.parametrize("locale", LOCALES)
def test_an_away_card_says_in_every_locale_who_is_away_until_when_and_who_stands_in(away: tuple[Any, str], locale: str) -> None:
    """DOC-07, AWY-11: plate name, label, expected return, stand-in, window, hall phone; and nothing that is not public (AWY-09)."""
    wang, notice = away
    paper = Paper(fetch(wang, "away_card", notice, locale=locale))
    said, hall = template("away_card").words[locale], wang.replica.bodies("hall")["hall"]
    name = wang.replica.bodies("person")[wang.uid]["name"]
    public = (said["title"], common()[locale]["label.official_out"], name, hall["phone"], hall["names"][locale], said["back"])
    for text in public:
        assert bare(text) in paper.text
    assert "SECRET" not in paper.text
    assert "DEST" not in paper.text


def test_pages_have_the_size_asked_for_and_every_font_travels_with_them(away: tuple[Any, str]) -> None:
    """DOC: A3, A4, A5 and the 80 mm roll; nothing depends on the fonts of who opens it."""
    wang, notice = away
    for size, mm in (("A5L", (210, 148)), ("A4", (210, 297))):
        paper = Paper(fetch(wang, "away_card", notice, size=size))
        assert paper.size_mm == mm
        assert paper.fonts
        assert all(paper.fonts.values()), paper.fonts
    assert Paper(fetch(wang, "away_card", notice, size="R80")).size_mm[0] == 80
    assert Paper(fetch(wang, "whereabouts", wang.replica.bodies("me")[wang.uid]["unit"])).size_mm == (420, 297)


@pytest.mark.parametrize(("locale", "face"), [("zh_Hans", "CJKsc"), ("zh_Hant_TW", "CJKtc"), ("zh_Hant_HK", "CJKhk")])
def test_each_locale_has_the_glyphs_of_its_region(away: tuple[Any, str], locale: str, face: str) -> None:
    """I18N-07: Simplified, Taiwan's and Hong Kong's glyphs are three faces of one font."""
    wang, notice = away
    assert any(face in name for name in Paper(fetch(wang, "away_card", notice, locale=locale)).fonts)


def test_taiwan_counts_its_own_years_when_asked_to(away: tuple[Any, str]) -> None:
    """I18N-06."""
    wang, notice = away
    assert "民國115年" in Paper(fetch(wang, "away_card", notice, locale="zh_Hant_TW", era="minguo")).text
    assert "民國" not in Paper(fetch(wang, "away_card", notice, locale="zh_Hant_HK", era="minguo")).text


# Who gets it ----------------------------------------------------------------------------------------------------------


def test_what_a_person_may_not_see_is_as_unknown_as_what_never_was(cast: Cast, away: tuple[Any, str]) -> None:
    """VIS-01: rights are those of the rows; one answer for both."""
    _, notice = away
    strange, shopper = httpx.Client(base_url=cast.url, trust_env=False), cast["吴"]
    assert strange.get(f"/s/{cast.site}/paper/away_card/{notice}.pdf").status_code == 401
    unseen, unknown = fetch(shopper, "away_card", notice), fetch(shopper, "away_card", "none")
    assert (unseen.status_code, unseen.content) == (unknown.status_code, unknown.content) == (404, unknown.content)
    strange.close()


def test_the_whole_hall_is_for_the_office_and_a_unit_for_its_own_people(cast: Cast) -> None:
    """DOC-08: the board a person may print holds what that person may see."""
    wang, zhou = cast["王"].pull(), cast["周"].pull()
    mine = wang.replica.bodies("me")[wang.uid]["unit"]
    other = next(unit for unit in wang.replica.bodies("unit") if unit != mine)
    assert fetch(wang, "whereabouts", mine).status_code == 200
    assert fetch(wang, "whereabouts", other).status_code == fetch(wang, "whereabouts", "hall").status_code == 404
    board = Paper(fetch(zhou, "whereabouts", "hall"))
    people = {rid: p for rid, p in zhou.replica.bodies("person").items() if p["unit"] and "BOARD" not in p["roles"]}
    assert all(bare(person["name"]) in board.text for person in people.values())


@pytest.mark.parametrize(
    ("kind", "query", "status"),
    [("away_card", {"locale": "fr"}, 400), ("away_card", {"size": "A3L"}, 400), ("away_card", {"size": "B5"}, 400), ("secret", {}, 404)],
)
def test_an_unknown_kind_locale_or_size_is_refused(away: tuple[Any, str], kind: str, query: dict[str, str], status: int) -> None:
    wang, notice = away
    assert fetch(wang, kind, notice, **query).status_code == status


def test_a_screen_prints_nothing(cast: Cast, away: tuple[Any, str]) -> None:
    assert fetch(cast["屏"], "away_card", away[1]).status_code == 404


# Numbers and copies ---------------------------------------------------------------------------------------------------


def test_a_document_keeps_its_number_and_counts_its_copies_a_board_is_new_each_time(away: tuple[Any, str]) -> None:
    """DOC: number (official and device-local), copy count, form and its version."""
    wang, notice = away
    first, second = (Paper(fetch(wang, "away_card", notice, locale="en")) for _ in range(2))
    numbers = [re.search(r"AWY-(\d{4}-\d+)", paper.text) for paper in (first, second)]
    assert None not in numbers
    assert len({found[0] for found in numbers if found}) == 1
    assert "Copy1" in first.text
    assert "Copy2" in second.text
    assert all(receipt_code(notice) in paper.text and "Formaway-card/1" in paper.text for paper in (first, second))
    unit = wang.replica.bodies("me")[wang.uid]["unit"]
    boards = [re.search(r"WHB-(\d{4}-\d+)", Paper(fetch(wang, "whereabouts", unit, locale="en")).text) for _ in range(2)]
    assert None not in boards
    assert len({found[0] for found in boards if found}) == 2


# Genuine or not -------------------------------------------------------------------------------------------------------


def code_of(paper: Paper) -> str:
    """The address in the QR code of a document, read from the picture as a phone would."""
    page = pypdfium2.PdfDocument(paper.bytes)[0].render(scale=4).to_pil()
    (found,) = zxingcpp.read_barcodes(page, formats=zxingcpp.BarcodeFormat.QRCode)  # else it may take lines of the table for bars
    return str(found.text)


def check(address: str, locale: str = "zh_Hans") -> httpx.Response:
    """The public page, asked for by a stranger."""
    return httpx.get(address, params={"locale": locale}, trust_env=False)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_stranger_scans_the_code_and_reads_that_the_hall_issued_it(away: tuple[Any, str], locale: str) -> None:
    """DOC: an opaque id and a signature, no personal data; the page says so in four languages under the strict policy."""
    wang, notice = away
    address = code_of(Paper(fetch(wang, "away_card", notice, locale=locale)))
    answer = check(address, locale)
    assert words()[locale]["valid"] in answer.text
    assert template("away_card").words[locale]["title"] in answer.text
    name = wang.replica.bodies("person")[wang.uid]["name"]
    assert not any(text in address + answer.text for text in (name, wang.uid, notice, "SECRET"))
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "<script" not in answer.text
    assert "style=" not in answer.text


@pytest.mark.parametrize("part", range(8), ids=["form", "id", "kind", "number", "copy", "at", "hash", "signature"])
def test_a_code_with_anything_changed_is_not_genuine(away: tuple[Any, str], part: int) -> None:
    """DOC: tampered: says so."""
    wang, notice = away
    base, _, code = code_of(Paper(fetch(wang, "away_card", notice))).rpartition("/")
    parts = code.split(".")
    other = {"away_card": "whereabouts", "1": "7"}.get(parts[part]) or parts[part][:-2] + ("AA" if parts[part][-2:] != "AA" else "BB")
    if part in (3, 5):
        other = parts[part][:-1] + ("1" if parts[part][-1] != "1" else "2")
    parts[part] = other
    answer = check(f"{base}/{'.'.join(parts)}")
    assert words()["zh_Hans"]["forged"] in answer.text
    assert template("away_card").words["zh_Hans"]["title"] not in answer.text


def test_a_copy_is_replaced_by_a_later_one_that_says_something_else(away: tuple[Any, str]) -> None:
    """DOC: what was printed before the return was put off is genuine, and out of date."""
    wang, notice = away
    old = code_of(Paper(fetch(wang, "away_card", notice)))
    again = code_of(Paper(fetch(wang, "away_card", notice)))
    assert words()["zh_Hans"]["valid"] in check(old).text
    wang.do("away.extend", Extend(wang.clocks.wall_ms() + 7_200_000), notice)
    new = code_of(Paper(fetch(wang, "away_card", notice)))
    for address in (old, again):
        assert words()["zh_Hans"]["superseded"] in check(address).text
    assert words()["zh_Hans"]["valid"] in check(new).text


def test_a_genuine_signature_that_is_in_no_register_is_told_apart(cast: Cast, server: RunningServer) -> None:
    """DOC: after a restored backup the register may lack what was printed since; that is no forgery, and no proof either."""
    facts = server.app.gate.place(cast.site).store.facts
    lost = Stamp(cast.site, "A" * 22, "away_card", "2026-9", 1, 1_795_000_000_000, "B" * 43)
    code = sign(lost, Ed25519PrivateKey.from_private_bytes(facts.sign_key)).code
    assert words()["zh_Hans"]["unknown"] in check(f"{cast.url}/s/{cast.site}/p/{code}").text


def test_what_a_phone_printed_offline_is_known_by_the_key_of_the_phone(cast: Cast) -> None:
    """AWY-11: a card printed without a network: a device of the hall, no official number; a disabled or foreign one is told apart."""
    spare = cast.device("王", spare=True)
    stamp = Stamp(cast.site, "C" * 22, "away_card", "-", 1, spare.clocks.wall_ms(), "D" * 43, spare.replica.dev)
    address = f"{cast.url}/s/{cast.site}/p/{sign_on_device(stamp, spare.replica.key).code}"
    assert words()["zh_Hans"]["device"] in check(address).text
    assert words()["zh_Hans"]["forged"] in check(address.replace("away_card", "whereabouts")).text
    stranger = Stamp(cast.site, "C" * 22, "away_card", "-", 1, 1, "D" * 43, "E" * 43)
    code = sign_on_device(stranger, key_from(99)).code
    assert words()["zh_Hans"]["forged"] in check(f"{cast.url}/s/{cast.site}/p/{code}").text
    spare.http.delete(f"/s/{cast.site}/devices/{spare.replica.dev}").raise_for_status()
    assert words()["zh_Hans"]["stopped"] in check(address).text
    spare.close()


def test_no_text_is_read_as_anything_but_text(cast: Cast) -> None:
    """Names and reasons reach neither the typesetter nor the page as markup."""
    wang = cast["王"].pull()
    address = f"{cast.url}/s/{cast.site}/p/1.%3Cscript%3E"
    assert words()["zh_Hans"]["forged"] in check(address).text
    assert "<script" not in check(address).text
    assert wang.http.get(f"/s/{wang.site}/paper/away_card/%23panic().pdf").status_code == 404


# The forms of the office ----------------------------------------------------------------------------------------------


def test_a_leave_slip_is_for_the_person_and_those_who_decide_and_keeps_the_reason_of_health_sealed(
    cast: Cast, server: RunningServer
) -> None:
    """DOC-11, LV-09, VIS-03, VIS-04: type, span, days; class mark, reader and time on the page; a trace of the reading."""
    wang, now = cast["王"].pull(), int(time.time() * 1000)
    asked = wang.do("leave.request", LeaveRequest(wang.uid, "sick", now + 86_400_000, now + 2 * 86_400_000, text="DIAGNOSIS"))
    assert asked.st == "applied", asked
    slip = Paper(fetch(wang.pull(), "leave_slip", asked.rid, locale="zh_Hans"))
    name = wang.replica.bodies("person")[wang.uid]["name"]
    for text in ("请假单", "病假", name, "已密封存档", "内部资料·敏感个人信息", f"打印人：{name}"):
        assert text in slip.text
    assert "DIAGNOSIS" not in slip.text
    assert fetch(cast["赵"], "leave_slip", asked.rid).status_code == 200
    assert fetch(cast["李"], "leave_slip", asked.rid).status_code == 404
    assert fetch(wang, "leave_return", asked.rid).status_code == 404, "there is nothing to return from yet"
    place = server.app.gate.place(cast.site)
    prints = "SELECT uid, detail FROM audit WHERE act = 'paper.print' AND about = ? ORDER BY n"
    read = server.call(lambda: place.store.read(lambda sql: sql.all(prints, (f"leave_slip:{asked.rid}",))))
    assert [uid for uid, _ in read] == [wang.uid, cast["赵"].uid]
    assert all(detail.startswith("P3 ") for _, detail in read)


def test_a_handover_sheet_and_a_correction_slip_are_printed_from_what_was_said(cast: Cast) -> None:
    """DOC-10, DOC-12: posts, matters, keys; the claim and its reason. Both with places to sign."""
    wang, now = cast["王"].pull(), int(time.time() * 1000)
    post, li = post_of(wang), cast["李"].uid
    items = [HandoverItem("MATTER", "doing", materials="PAPERS")]
    sheet = wang.do(
        "handover.prepare", Prepare(post, wang.uid, li, now + 3_600_000, now + 7_200_000, "training", items, ["KEYS"], why="WHY")
    )
    assert sheet.st == "applied", sheet
    text = Paper(fetch(wang.pull(), "handover", sheet.rid, locale="en")).text
    assert all(said in text for said in ("Handoverofwork", "MATTER", "PAPERS", "KEYS", "WHY", "Training", "Hand-backonreturn"))
    assert fetch(cast["林"], "handover", sheet.rid).status_code == 404, "those who patrol see the cover state and no matters"
    day = datetime.fromtimestamp(now / 1000 - 86_400, ZoneInfo("Asia/Shanghai")).date().isoformat()
    claim = wang.do("att.correct", PunchCorrect(day, 0, "in", now - 86_400_000, "BROKEN"))
    assert claim.st == "applied", claim
    assert "BROKEN" in Paper(fetch(wang.pull(), "att_correction", claim.rid, size="A5")).text
