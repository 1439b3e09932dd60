"""Checkpoints, cosignatures and proofs as texts (c2sp.org), and those who keep them."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from sync import merkle
from sync.messages import LogView
from sync.minute import Entry, Minute, Opening, commitment
from sync.notes import (
    COSIGNATURE,
    ED25519,
    BadNote,
    Checkpoint,
    Note,
    Proof,
    Vkey,
    cosign,
    cosigned_at,
    open_checkpoint,
    read_checkpoint,
    read_note,
    read_proof,
    read_vkey,
    sign_checkpoint,
    std_b64,
    verify_proof,
    vkey_of,
)
from sync.witnessing import Keeper, Seen, witness

SITE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
WITNESS = Ed25519PrivateKey.from_private_bytes(bytes(range(32, 64)))
ORIGIN = "zaigang/hall/0123456789abcdef"
KEY = vkey_of(SITE, ORIGIN, ED25519)
WITNESS_KEY = vkey_of(WITNESS, "discipline.example/w1", COSIGNATURE)
LEAVES = [merkle.leaf_hash(str(i).encode()) for i in range(40)]


def note(size: int, leaves: list[bytes] = LEAVES, origin: str = ORIGIN, private: Ed25519PrivateKey = SITE) -> Note:
    return sign_checkpoint(Checkpoint(origin, size, merkle.root(merkle.over(leaves), size)), private)


def view(size: int, known: int, leaves: list[bytes] = LEAVES, origin: str = ORIGIN, private: Ed25519PrivateKey = SITE) -> LogView:
    proof = merkle.consistency(merkle.over(leaves), known, size) if known <= size else []
    return LogView(str(note(size, leaves, origin, private)), str(vkey_of(private, origin, ED25519)), [std_b64(one) for one in proof])


# --- notes -----------------------------------------------------------------------------------------------------------


def test_the_published_example_of_a_note_is_read() -> None:
    """The example of c2sp.org/signed-note; its key is not published, so only its form is read."""
    text = (
        "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n"
        "\u2014 quasimodo.example/salvatore "
        "NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n"
    )
    found = read_note(text)
    assert found.text.endswith("ed è subito sera.\n")
    assert found.signatures[0].name == "quasimodo.example/salvatore"
    assert found.signatures[0].id.hex() == "367ba04b"
    assert str(found) == text


def test_the_published_example_of_a_key_is_read() -> None:
    """From golang.org/x/mod/sumdb/note: name, key id and key belong together."""
    text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    key = read_vkey(text)
    assert (key.name, key.kind, str(key)) == ("PeterNeumann", ED25519, text)
    signed = (
        "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
        "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    )
    with pytest.raises(BadNote, match="origin, size and root"):
        open_checkpoint(signed, key)


@settings(deadline=None)
@given(st.integers(0, 40))
def test_a_checkpoint_is_read_as_it_was_signed(size: int) -> None:
    assert open_checkpoint(str(note(size)), KEY) == Checkpoint(ORIGIN, size, merkle.root(merkle.over(LEAVES), size))


def test_any_change_of_a_byte_of_a_checkpoint_is_refused() -> None:
    text = str(note(17))
    for i in range(len(text)):
        for spoiled in (text[:i] + ("A" if text[i] != "A" else "B") + text[i + 1 :], text[:i] + text[i + 1 :]):
            with pytest.raises(BadNote):
                open_checkpoint(spoiled, KEY)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "a\n1\n\n",
        f"{ORIGIN}\n1\n{std_b64(bytes(32))}\n\n",
        str(note(3)).replace("\n\n", "\n"),
        str(note(3)) + "\n",
        str(note(3)) + str(note(3).signatures[0]),
        str(note(3)).replace("zaigang", "zai\tgang"),
        "x" * 20_000,
    ],
)
def test_what_is_no_note_is_refused(text: str) -> None:
    with pytest.raises(BadNote):
        open_checkpoint(text, KEY)


@pytest.mark.parametrize(
    "text", [f"{ORIGIN}\n01\n{std_b64(bytes(32))}\n", f"{ORIGIN}\n1\n{std_b64(bytes(31))}\n", f"{ORIGIN}\n1\n", "\n1\nx\n"]
)
def test_a_checkpoint_has_one_spelling(text: str) -> None:
    with pytest.raises(BadNote):
        read_checkpoint(text)


def test_a_checkpoint_of_another_log_or_by_another_key_is_refused() -> None:
    with pytest.raises(BadNote, match="not signed"):
        open_checkpoint(str(note(3, private=WITNESS)), KEY)
    with pytest.raises(BadNote, match="not signed"):
        open_checkpoint(str(note(3, origin="zaigang/other/1")), KEY)


@pytest.mark.parametrize(
    "text", ["", "a+b", "a b+00000000+AQ==", str(KEY)[:-4], str(KEY).replace("zaigang", "zeigang"), f"x+00000000+{std_b64(bytes(33))}"]
)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(BadNote):
        read_vkey(text)


# --- cosignatures ----------------------------------------------------------------------------------------------------


def test_a_cosignature_holds_for_its_text_its_time_and_its_key() -> None:
    signed = note(9)
    both = read_note(str(signed) + str(cosign(signed.text, WITNESS, WITNESS_KEY.name, 1_795_300_000)))
    assert cosigned_at(both, WITNESS_KEY) == 1_795_300_000
    assert open_checkpoint(str(both), KEY).size == 9
    moved = both.signatures[1]._replace(data=(1_795_300_001).to_bytes(8, "big") + both.signatures[1].data[8:])
    assert cosigned_at(both._replace(signatures=(both.signatures[0], moved)), WITNESS_KEY) is None
    assert cosigned_at(signed, WITNESS_KEY) is None
    assert cosigned_at(Note(note(8).text, both.signatures), WITNESS_KEY) is None
    assert cosigned_at(both, KEY) is None


def test_a_checkpoint_key_and_a_witness_key_of_one_secret_are_not_one_key() -> None:
    assert vkey_of(WITNESS, "a", ED25519).id != vkey_of(WITNESS, "a", COSIGNATURE).id


# --- proofs ----------------------------------------------------------------------------------------------------------


def proof() -> Proof:
    """A record in minute 3 of 9."""
    minute = Minute(bytes(32), {77: commitment(b"s" * 32, b"b" * 32, b"l" * 32, 5)})
    leaves = [*LEAVES[:3], merkle.leaf_hash(Entry(60_000, minute.root).packed), *LEAVES[4:9]]
    opening = Opening(77, 60_000, 5, b"s" * 32, b"b" * 32, b"l" * 32, tuple(minute.path(77)))
    return Proof(opening, 3, tuple(merkle.inclusion(merkle.over(leaves), 3, 9)), str(note(9, leaves)))


def test_a_proof_travels_as_text_and_holds() -> None:
    made = proof()
    assert read_proof(str(made)) == made
    assert str(made).startswith("c2sp.org/tlog-proof@v1\nextra ")
    assert verify_proof(made, KEY).checkpoint.size == 9


def test_a_proof_says_which_witnesses_saw_its_checkpoint() -> None:
    made = proof()
    line = cosign(read_note(made.checkpoint).text, WITNESS, WITNESS_KEY.name, 1_795_300_000)
    stranger = Vkey("other.example", COSIGNATURE, bytes(32))
    assert verify_proof(made._replace(checkpoint=made.checkpoint + str(line)), KEY, [WITNESS_KEY, stranger]).witnessed == {
        "discipline.example/w1": 1_795_300_000
    }


def test_any_change_of_a_byte_of_a_proof_is_refused() -> None:
    text = str(proof())
    for i in range(len(text)):
        spoiled = text[:i] + ("A" if text[i] != "A" else "B") + text[i + 1 :]
        with pytest.raises(BadNote):
            verify_proof(read_proof(spoiled), KEY)


@settings(deadline=None)
@given(st.text(max_size=200))
def test_what_is_no_proof_is_refused(text: str) -> None:
    for spoiled in (text, "c2sp.org/tlog-proof@v1\n" + text):
        with pytest.raises(BadNote):
            read_proof(spoiled)


# --- keepers ---------------------------------------------------------------------------------------------------------


def test_a_keeper_follows_a_log_that_grows() -> None:
    keeper = Keeper(KEY.public)
    verdicts = [keeper.take(view(size, keeper.size)) for size in (5, 5, 6, 8, 40)]
    assert verdicts == ["first", "same", "grown", "grown", "grown"]


def test_a_keeper_finds_a_rewritten_log_and_keeps_both_heads() -> None:
    forged = [*LEAVES[:2], merkle.leaf_hash(b"other"), *LEAVES[3:]]
    for size in (10, 20):
        keeper = Keeper(KEY.public)
        keeper.take(view(10, 0))
        assert keeper.take(view(size, 10, forged)) == "diverged"
        assert keeper.diverged is not None
        assert open_checkpoint(keeper.diverged.kept, KEY).size == 10
        assert open_checkpoint(keeper.diverged.shown, KEY).size == size
        assert keeper.size == 10


def test_a_keeper_does_not_take_less_than_it_has_nor_another_log_nor_what_nobody_signed() -> None:
    keeper = Keeper(KEY.public, Seen(open_checkpoint(str(note(10)), KEY), str(note(10))))
    assert keeper.take(view(9, 10)) == "shorter"
    assert keeper.take(view(20, 10, origin="zaigang/hall/ffff")) == "restarted"
    assert keeper.size == 10
    with pytest.raises(BadNote):
        keeper.take(LogView(str(note(20, private=WITNESS)), str(KEY)))
    with pytest.raises(BadNote, match="hash"):
        keeper.take(LogView(str(note(20)), str(KEY), [std_b64(b"short")]))
    keeper.restart(view(20, 0, origin="zaigang/hall/ffff"))
    assert keeper.take(view(21, 20, origin="zaigang/hall/ffff")) == "grown"


def test_a_witness_signs_what_continues_and_refuses_a_fork() -> None:
    """Never two heads that contradict each other under one witness's name."""
    keeper = Keeper(KEY.public)
    verdict, line = witness(keeper, view(10, 0), WITNESS, WITNESS_KEY.name, 1_795_300_000)
    assert verdict == "first"
    assert line is not None
    assert cosigned_at(Note(note(10).text, (line,)), WITNESS_KEY) == 1_795_300_000
    forged = [merkle.leaf_hash(b"other"), *LEAVES[1:]]
    assert witness(keeper, view(12, 10, forged), WITNESS, WITNESS_KEY.name, 1_795_300_060) == ("diverged", None)
    assert witness(keeper, view(9, 10), WITNESS, WITNESS_KEY.name, 1_795_300_060) == ("shorter", None)
    assert witness(keeper, view(12, 10), WITNESS, WITNESS_KEY.name, 1_795_300_060)[1] is not None
