"""The public page behind a QR code: whether a document is the hall's, and nothing of what it says. Plain HTML, no script."""

from collections.abc import Mapping
from functools import cache
from html import escape
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from server.papers.kinds import KINDS
from server.papers.template import LOCALES, speaker
from server.papers.values import FOLDER
from sync.stamp import Stamp

Result = Literal["valid", "superseded", "unknown", "device", "stopped", "forged"]
TAGS = {"zh_Hans": "zh-Hans-CN", "zh_Hant_TW": "zh-Hant-TW", "zh_Hant_HK": "zh-Hant-HK", "en": "en"}
STYLE = (Path(__file__).parent / "check.css").read_bytes()


class Checked(NamedTuple):
    """What is to be told: the result, the stamp (None when it could not even be read), the hall, and the newest copy's count."""

    result: Result
    stamp: Stamp | None
    hall: str
    phone: str
    tz: str
    newest: int


@cache
def words() -> dict[str, dict[str, str]]:
    """The words of the page by locale."""
    return msgspec.json.decode((FOLDER / "check.json").read_bytes(), type=dict[str, dict[str, str]])


def wished(asked: str | None, accept: str, fallback: str) -> str:
    """The locale asked for, else the first of the browser's that the page speaks, else the hall's own."""
    if asked in LOCALES:
        return str(asked)
    for part in accept.split(","):
        tag = part.split(";")[0].strip().lower()
        if tag.startswith("en"):
            return "en"
        if tag.startswith(("zh", "yue")):
            if any(region in tag for region in ("hk", "mo")):
                return "zh_Hans" if "hans" in tag else "zh_Hant_HK"
            return "zh_Hant_TW" if "hant" in tag or "tw" in tag else "zh_Hans"
    return fallback


def page(checked: Checked, locale: str, address: str, style: str) -> str:
    """The page. `address`: its own, for the other languages; `style`: where its style sheet is."""
    said = words()[locale]
    fill: Mapping[str, object] = {"hall": checked.hall, "n": checked.newest}
    facts = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in _facts(checked, locale))
    others = "".join(
        f'<a href="{escape(address)}?locale={other}" lang="{TAGS[other]}" hreflang="{TAGS[other]}">{escape(words()[other]["own"])}</a>'
        for other in LOCALES
        if other != locale
    )
    hint = "" if checked.result == "forged" else f"<p>{escape(said['hint'])}</p>"
    return (
        f'<!doctype html><html lang="{TAGS[locale]}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<meta name="robots" content="noindex"><title>{escape(said["title"].format(**fill))}</title>'
        f'<link rel="stylesheet" href="{escape(style)}"></head><body><header>{escape(said["title"].format(**fill))}</header>'
        f'<main class="{checked.result}"><h1>{escape(said[checked.result])}</h1>'
        f"<p>{escape(said[f'{checked.result}.text'].format(**fill))}</p><dl>{facts}</dl>{hint}</main><nav>{others}</nav></body></html>"
    )


def _facts(checked: Checked, locale: str) -> list[tuple[str, str]]:
    """Kind, number, copy and time of a document whose signature holds; of a forgery only whom to ask."""
    said, stamp = words()[locale], checked.stamp
    facts = []
    if stamp is not None and checked.result != "forged" and stamp.kind in KINDS:
        says = speaker(stamp.kind, locale, checked.tz)
        facts.append((said["kind"], says.word("title")))
        if stamp.number != "-":
            year, _, n = stamp.number.partition("-")
            facts.append((said["number"], says.word("numbered", mark=says.word("mark"), year=year, n=n)))
        facts.append((said["copy"], says.word("copy", n=stamp.copy)))
        facts.append((said["at"], says.moment(stamp.at, "datetime")))
    return [*facts, (said["phone"], checked.phone)] if checked.phone else facts
