"""What `./run` prints when it serves: one screen of text."""

from server.app import system_clock
from server.console import welcome
from server.gateway.public import sites_of
from tests.support.server import serve_demo

LINES_MAX, COLUMNS_MAX = 30, 100


def test_the_demo_tells_address_display_and_everybody_one_may_be_on_one_screen() -> None:
    with serve_demo(clock=system_clock) as server:
        gate = server.app.gate
        sites = server.call(lambda: sites_of(gate))
        text = welcome(server.app.settings, gate, 8000, sites)
    lines = text.splitlines()
    assert len(lines) <= LINES_MAX
    assert max(map(len, lines)) <= COLUMNS_MAX
    assert "http://127.0.0.1:8000/display" in text
    assert {site.id for site in sites} == {"yunting", "jinghu"}
    for site in sites:
        assert site.names["zh_Hans"] in text
        assert all(f"    {one.id} " in text for one in site.personas)
