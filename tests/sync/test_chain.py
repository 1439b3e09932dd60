"""The chain and its signature: any altered byte, order or number is seen (law I27 as far as the chain goes)."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync import ops
from sync.keys import key_from

SITE = "yunting"
KEY = key_from(20261122)
DEV = ops.device_id(KEY.public)
bodies = st.lists(st.text(min_size=1, max_size=60), min_size=1, max_size=8)


@given(bodies)
def test_a_link_is_the_hash_of_the_link_before_and_the_hash_of_the_body(texts: list[str]) -> None:
    prev = ops.first_link(SITE, DEV)
    for text, link in zip(texts, ops.chain(prev, texts), strict=True):
        assert link == hashlib.sha256(prev + hashlib.sha256(text.encode("utf-8")).digest()).digest()
        prev = link


@given(bodies, st.data())
def test_an_altered_body_changes_every_later_link(texts: list[str], data: st.DataObject) -> None:
    first = ops.first_link(SITE, DEV)
    at = data.draw(st.integers(0, len(texts) - 1))
    altered = [*texts[:at], texts[at] + " ", *texts[at + 1 :]]
    before, after = ops.chain(first, texts), ops.chain(first, altered)
    assert before[:at] == after[:at]
    assert all(a != b for a, b in zip(before[at:], after[at:], strict=True))


@given(st.lists(st.text(min_size=1, max_size=20), min_size=2, max_size=6, unique=True))
def test_another_order_is_another_chain(texts: list[str]) -> None:
    first = ops.first_link(SITE, DEV)
    assert ops.chain(first, texts)[-1] != ops.chain(first, texts[::-1])[-1]


@settings(max_examples=40)
@given(st.integers(0, 63), st.integers(1, 255))
def test_a_signature_with_one_byte_changed_does_not_verify(at: int, flip: int) -> None:
    message = ops.push_bytes(SITE, DEV, 1, ops.first_link(SITE, DEV))
    signature = bytearray(KEY.sign(message))
    assert ops.verify(KEY.public, message, bytes(signature))
    signature[at] ^= flip
    assert not ops.verify(KEY.public, message, bytes(signature))


@pytest.mark.parametrize("key", [b"", b"\x04" + bytes(64), KEY.public[:-1], b"\x05" + KEY.public[1:]])
def test_a_key_that_is_no_point_verifies_nothing(key: bytes) -> None:
    message = ops.push_bytes(SITE, DEV, 1, ops.first_link(SITE, DEV))
    assert not ops.verify(key, message, KEY.sign(message))


def test_push_and_hello_never_sign_the_same_text() -> None:
    push = ops.push_bytes(SITE, DEV, 1, bytes(32))
    assert not ops.verify(KEY.public, ops.hello_bytes(SITE, DEV, "1"), KEY.sign(push))


def test_a_receipt_code_has_no_letters_people_confuse() -> None:
    codes = {ops.receipt_code(f'{{"n":{n}}}') for n in range(500)}
    assert len(codes) == 500
    assert not set("".join(codes)) & set("ILOU")
    assert {len(code) for code in codes} == {8}
