"""Every field that is kept of people has a class, a purpose, a ground and a term, and the file that says so can be taken away."""

import csv
from pathlib import Path

import pytest

from server import privacy
from server.__main__ import main
from server.app import DOMAINS
from server.domain.base import Domain


def test_every_institution_says_why_it_keeps_what_it_keeps() -> None:
    """PRV-01: no institution without a purpose, no purpose without an institution; what has none is an error."""
    assert set(privacy.sheet().institutions) == {domain.name for domain in DOMAINS}
    assert all(all((one.purpose, one.ground, one.kept)) for one in privacy.sheet().institutions.values())
    with pytest.raises(KeyError):
        list(privacy.lines([Domain("nobody", (), (), (), {})]))


def test_health_is_sensitive_what_is_sealed_is_embargoed_and_the_lobby_gets_public_fields_only() -> None:
    """PRV-04, PRV-15, PRV-02: as the classes of the table say."""
    of = {(one.of, one.field): one.privacy for one in privacy.lines()}
    assert of["leave", "proofs"] == of["leave.sealed", "proof_text"] == "P3"
    assert of["visit", "answers"] == "P5"
    assert {privacy for (kind, _), privacy in of.items() if kind == "post.pub"} == {"P0"}
    assert set(of.values()) <= {"P0", "P1", "P2", "P3", "P4", "P5"}


def test_the_table_can_be_taken_away(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """PRV-07: fields, classes, purposes, who reads them, how long: one file."""
    out = tmp_path / "privacy.csv"
    assert main(["privacy", "--out", str(out)]) == 0
    rows = list(csv.reader(out.read_text("utf-8-sig").splitlines()))
    assert rows[0] == privacy.sheet().head
    assert f"{len(rows) - 1} fields" in capsys.readouterr().out
    assert all(all(row[:7]) and row[8] for row in rows[1:]), "no field without a class, a purpose, a ground and a term"
