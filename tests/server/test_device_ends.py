"""A device ends while its phone does something else (I19)."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from types import SimpleNamespace
from typing import Any

import pytest

from server.gateway import devices
from server.gateway.shared import Porter
from server.store.sqlite import Connection
from tests.server.conftest import database
from tests.server.test_protocol_push import problem
from tests.server.test_quarantine import hiding, revoke
from tests.support.cast import Cast, Device
from tests.support.server import RunningServer


def test_a_phone_disabled_while_it_enrols_keeps_no_session(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """I19: whoever is looked up before the end and enrols after it has no other device to belong to."""
    old = cast.device("周", spare=True)
    again = Device(cast.url, cast["周"].clocks)
    again.http, again.nonce = old.http, old.nonce
    proven = devices.signed_in

    async def slow(*given: Any) -> Any:
        who = await proven(*given)
        if who.uid == cast["周"].uid:
            await asyncio.to_thread(revoke, cast, old)
        return who

    monkeypatch.setattr(devices, "signed_in", slow)
    assert problem(again.post("devices", again.replica.enrol(again.nonce))) == "device_revoked"
    monkeypatch.setattr(devices, "signed_in", proven)
    with hiding(again) as bare:
        assert problem(bare.get(f"/s/{again.site}/registers")) == "device_revoked"


def test_another_process_shuts_out_a_socket_whose_session_ended_with_its_device(cast: Cast, server: RunningServer) -> None:
    """I19: one browser was two devices in turn; the socket goes by the first, the session by the second, which ends elsewhere."""
    before = cast.device("周", spare=True).pull()
    lost = Device(cast.url, cast["周"].clocks)
    lost.http, lost.nonce = before.http, before.nonce
    lost.enrol()
    with closing(sqlite3.connect(database(server))) as raw:
        (token,) = raw.execute("SELECT token FROM session WHERE dev = ?", (lost.replica.dev,)).fetchone()
    revoke(cast, lost)
    shut: list[str] = []

    async def look() -> None:
        with closing(Connection(database(server), ("query_only=ON",))) as sql:

            async def read(query: Callable[[Any], Any]) -> Any:
                return query(sql)

            link = SimpleNamespace(token=token, session=SimpleNamespace(dev=before.replica.dev))
            hub = SimpleNamespace(links=[link], close_session=shut.append, close_device=shut.append)
            await Porter(SimpleNamespace(store=SimpleNamespace(shared=True, read=read), hub=hub)).look()  # type: ignore[arg-type]

    asyncio.run(look())
    assert shut == [token]
