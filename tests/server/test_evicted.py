"""A browser that has lost its database: the cookie names the device it was, and the site says how far it knows of it (I34)."""

from server.domain.incident.ops import Report
from sync.keys import key_from
from sync.messages import Before
from sync.replica import Replica
from sync.vital import Vital
from tests.server.test_vitals import flush, tell
from tests.support.cast import Cast, Device, fresh_secret
from tests.support.server import RunningServer


def report(device: Device, count: int) -> None:
    place = sorted(device.replica.bodies("post"))[0]
    for _ in range(count):
        device.save("incident.report", Report("other", place, device.replica.time.now(), 3))


def emptied(device: Device) -> Device:
    """The same browser and person after its databases have gone; cookies stay."""
    device.replica = Replica(device.site, key_from(fresh_secret()), device.clocks, device.replica.new_id, "load-2")
    return device


def audited(server: RunningServer, act: str) -> list[tuple[str, str]]:
    place = server.app.gate.place("yunting")
    found = server.call(lambda: place.store.read(lambda sql: sql.all("SELECT about, detail FROM audit WHERE act = ? ORDER BY n", (act,))))
    return [(str(about), str(detail)) for about, detail in found]


def test_an_emptied_browser_hears_what_the_site_has_of_it_and_what_it_once_said(cast: Cast, server: RunningServer) -> None:
    lin = cast.device("林").pull()
    old = lin.replica.dev
    report(lin, 3)
    lin.push()
    report(lin, 2)
    lin.pull()  # tells its head without sending

    emptied(lin)
    lin.sign_in("inspector")
    assert lin.enrol().before == Before(old, 3, 5)
    assert (old, "3 5") in audited(server, "device.evicted")

    lin.sign_in("inspector")
    assert lin.enrol().before is None, "the cookie names the new device now"


def test_a_browser_that_goes_on_from_a_broken_chain_hears_the_same_and_is_not_called_emptied(cast: Cast, server: RunningServer) -> None:
    lin = cast.device("林").pull()
    old = lin.replica.dev
    report(lin, 2)
    lin.push()
    fresh = key_from(fresh_secret())
    answer = lin.post("devices", lin.replica.enrol_anew(fresh, lin.nonce)).raise_for_status().json()
    assert answer["before"] == {"dev": old, "last": 2, "told": 2}
    assert old not in dict(audited(server, "device.evicted"))


def test_of_devices_of_others_and_of_ended_ones_nothing_is_told(cast: Cast) -> None:
    lin, wang = cast.device("林"), cast["王"]
    wang.http.cookies.update({name: value for name, value in lin.http.cookies.items() if "-dev-" in name})
    emptied(wang)
    wang.sign_in("staff")
    before = wang.enrol().before
    assert before is None or before.dev != lin.replica.dev

    old = lin.replica.dev
    cast["管"].http.delete(f"/s/{lin.site}/devices/{old}").raise_for_status()
    emptied(lin)
    lin.sign_in("inspector")
    assert lin.enrol().before is None


def test_two_people_of_one_browser_have_a_cookie_each(cast: Cast) -> None:
    lin = cast.device("林").pull()
    old = lin.replica.dev
    report(lin, 1)
    lin.push()
    emptied(lin)
    lin.sign_in("staff")
    assert lin.enrol().before is None
    emptied(lin)
    lin.sign_in("inspector")
    assert lin.enrol().before == Before(old, 1, 1)


def test_what_went_wrong_on_a_device_is_audited_once(cast: Cast, server: RunningServer) -> None:
    lin = cast.device("林").pull()
    for _ in range(2):
        tell(lin, Vital(trouble="lost 4-6"))
    flush(server)
    assert audited(server, "device.trouble").count((lin.replica.dev, "lost 4-6")) == 1
    tell(lin, Vital(trouble="x" * 9_000))
    flush(server)
    assert (lin.replica.dev, "x" * 400) in audited(server, "device.trouble")
