"""Law I26: truthful clocks are believed, whatever the device went through; a claim before what is provable never is (EVD-02, EVD-03)."""

import msgspec
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sync.clock import Evidence, Policy, judge
from sync.messages import Beacon
from sync.ops import Clk
from sync.timekeeper import Timekeeper
from tests.support.clock import DeviceClocks, World

MINUTE, HOUR = 60_000, 3_600_000
START = 1_782_093_600_000
BEACON = Beacon("b", 0, "", "")
spans = st.integers(0, 3 * HOUR)


class Life:
    """A device's life with true clocks: it meets the server, sleeps, is reloaded, and saves ops; then all is sent at once."""

    def __init__(self, error_ms: int, drift_ppm: int) -> None:
        self.world = World(START)
        self.clocks = DeviceClocks(self.world, error_ms, drift_ppm)
        self.time = Timekeeper(self.clocks, "L1")
        self.loads = 1
        self.beacon_at = 0
        self.contact()
        self.saved: list[tuple[int, Clk, int]] = []

    def contact(self) -> None:
        self.beacon_at = self.world.at
        self.time.contact(self.world.at, BEACON)

    def reload(self) -> None:
        self.loads += 1
        self.clocks.reload()
        self.time.reload(self.clocks, f"L{self.loads}")

    def save(self) -> None:
        self.saved.append((self.world.at, self.time.read(), self.beacon_at))

    def step(self, what: str, ms: int) -> None:
        match what:
            case "wait":
                self.world.pass_ms(ms)
            case "sleep":
                self.clocks.sleep(ms)
            case "reload":
                self.reload()
            case "contact":
                self.contact()
            case "save":
                self.save()


Steps = list[tuple[str, int]]
steps = st.lists(st.tuples(st.sampled_from(["wait", "sleep", "reload", "contact", "save"]), spans), max_size=14)


@settings(max_examples=300)
@given(st.integers(-400 * 24 * HOUR, 400 * 24 * HOUR), st.integers(-40, 40), steps)
def test_a_truthful_clock_is_believed_through_waiting_sleep_reload_and_drift(
    error_ms: int, drift_ppm: int, life: list[tuple[str, int]]
) -> None:
    device = Life(error_ms, drift_ppm)
    for what, ms in life:
        device.step(what, ms)
    device.save()
    received_at, previous = device.world.at, None
    for true_at, clk, beacon_at in device.saved:
        window = judge(clk, Evidence(received_at, beacon_at, previous_at=previous), Policy())
        assert window.verdict == "OK"
        assert abs(window.at - true_at) <= 2 * MINUTE
        assert window.not_before <= true_at <= window.not_after
        assert window.grade != "C" or true_at - beacon_at > Policy().anchor_ms - 2 * MINUTE
        previous = window.at


@given(st.integers(0, 10 * 24 * HOUR), spans, st.booleans(), st.integers(-HOUR, HOUR))
def test_a_claim_before_what_is_provable_is_backdated_whatever_else_is_said(before: int, later: int, stepped: bool, off: int) -> None:
    claim = START - Policy().tolerance_ms - 1 - before
    clk = Clk(claim - off, "L1", 0, off=off, b="b", st=stepped)
    for proof in (Evidence(START + later, START), Evidence(START + later, None, START), Evidence(START + later, START - HOUR, START)):
        assert judge(clk, proof, Policy()).verdict == "BACKDATED"
        assert judge(clk, proof, Policy()).grade == "C"


@given(st.integers(0, 10 * 24 * HOUR), st.booleans())
def test_a_claim_after_what_is_provable_is_future(after: int, stepped: bool) -> None:
    clk = Clk(START + Policy().tolerance_ms + 1 + after, "L1", 0, off=0, b="b", st=stepped)
    for proof in (Evidence(START, START - HOUR), Evidence(START + HOUR * 300, START - HOUR, None, START)):
        assert judge(clk, proof, Policy()).verdict == "FUTURE"


@given(st.integers(0, 7 * HOUR), st.integers(0, 7 * HOUR), st.integers(0, 7 * HOUR))
def test_more_evidence_only_narrows_the_window(beacon: int, before: int, after: int) -> None:
    clk = Clk(START, "L1", 0, off=0, b="b")
    wide = judge(clk, Evidence(START + 8 * HOUR, START - beacon), Policy())
    narrow = judge(clk, Evidence(START + 8 * HOUR, START - beacon, START - before, START + after), Policy())
    assert wide.not_before <= narrow.not_before
    assert narrow.not_after <= wide.not_after


@given(st.integers(3 * MINUTE, 5 * HOUR), spans)
def test_a_clock_set_back_is_seen_within_one_page_load(back: int, wait: int) -> None:
    device = Life(0, 0)
    device.world.pass_ms(wait)
    device.clocks.set_wall(-back)
    device.save()
    _, clk, beacon_at = device.saved[0]
    assert clk.st
    assert judge(clk, Evidence(device.world.at, beacon_at), Policy()).verdict in ("STEPPED", "BACKDATED")


@given(st.integers(3 * MINUTE, 5 * HOUR), st.integers(0, MINUTE))
def test_a_clock_set_back_while_the_page_was_away_is_seen_at_the_next_load(back: int, wait: int) -> None:
    device = Life(0, 0)
    device.save()
    device.world.pass_ms(wait)
    device.clocks.set_wall(-back)
    assume(back - wait > 2 * MINUTE)
    device.reload()
    device.save()
    assert [clk.st for _, clk, _ in device.saved] == [False, True]


def test_a_contact_measures_the_clock_anew_and_clears_the_mark() -> None:
    device = Life(0, 0)
    device.clocks.set_wall(-HOUR)
    device.save()
    device.contact()
    device.save()
    assert [clk.st for _, clk, _ in device.saved] == [True, False]
    assert device.time.now() == device.world.at


def test_a_clock_set_forward_after_the_last_contact_claims_the_future() -> None:
    device = Life(0, 0)
    device.clocks.set_wall(HOUR)
    device.save()
    _, clk, beacon_at = device.saved[0]
    assert judge(clk, Evidence(device.world.at, beacon_at), Policy()).verdict == "FUTURE"


def test_what_a_clock_said_travels_without_its_defaults() -> None:
    assert msgspec.to_builtins(Clk(5, "L1", 2)) == {"w": 5, "o": "L1", "m": 2}
