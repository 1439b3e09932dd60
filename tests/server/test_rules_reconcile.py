"""Reconciliation as a law: whatever arrives first, the same findings; trusted notices clear; untrusted clocks neither accuse nor clear."""

import re
from collections.abc import Callable
from random import Random
from typing import Any, TypeVar

from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.hall.rules import FOREVER
from server.domain.patrol.rules import Sighting
from server.domain.presence.rules import CoverFact, NoticeFact
from server.domain.presence.tables import Extension
from server.domain.trail.episodes import Found
from server.domain.trail.explain import EXPLANATIONS, PARAMS, own_key
from server.domain.trail.facts import Params, PostFacts
from server.domain.trail.rules import reconcile

MINUTE = 60_000
PARAMETERS = Params(vacancy=10 * MINUTE, grace=10 * MINUTE, tolerance=2 * MINUTE)
GRADES = ("A", "B", "C")
TRUSTED = ("A", "B")
LOOKS_MAX = 7
T = TypeVar("T")


def drawn(make: Callable[[Random], T]) -> st.SearchStrategy[T]:
    """What `make` makes of a number: to draw each field by itself takes many times as long as to reconcile them."""
    return st.integers(0, 2**64 - 1).map(lambda seed: make(Random(seed)))


def time_of(rng: Random) -> int:
    return rng.randint(0, 180) * MINUTE


times = st.integers(0, 180).map(lambda minute: minute * MINUTE)


def sightings(grades: Any = GRADES, what: Any = ("empty", "plate", "present", "covered", "neutral")) -> Callable[[Random], Any]:
    """A few looks at one post."""

    def make(rng: Random) -> tuple[Sighting, ...]:
        return tuple(
            Sighting(
                f"o{n}",
                time_of(rng),
                rng.choice(what),
                rng.choice(grades),
                rng.choice(("lin", "chen")),
                rng.random() < 0.5,
                rng.random() < 0.5,
            )
            for n in range(rng.randint(0, LOOKS_MAX))
        )

    return make


def notices(grades: Any = GRADES) -> Callable[[Random], NoticeFact]:
    """One notice of 王 with whatever followed."""

    def make(rng: Random) -> NoticeFact:
        leaves = time_of(rng)
        back = leaves + rng.randint(1, 90) * MINUTE
        ended = leaves + time_of(rng) if rng.random() < 0.5 else FOREVER
        return NoticeFact(
            rid=f"n{rng.randint(0, 99):02d}",
            person="wang",
            whole_unit=False,
            announced_at=time_of(rng),
            grade=rng.choice(grades),
            leaves_at=leaves,
            first_back_at=back,
            extensions=tuple(
                Extension(f"e{n}", time_of(rng), back + 20 * MINUTE, rng.choice(grades)) for n in range(rng.choice((0, 0, 1, 2)))
            ),
            ended_at=ended,
            proved_at=ended if ended == FOREVER else ended + rng.randint(0, 20) * MINUTE,
            end_grade=rng.choice(grades),
            cancelled=ended != FOREVER and rng.random() < 0.5,
            late_accepted=rng.choice((None, True, False)),
            stand_in=rng.choice(("", "li")),
            accepted=rng.random() < 0.5,
        )

    return make


def cover(rng: Random) -> CoverFact:
    """B at the post."""
    start = time_of(rng)
    return CoverFact("k1", "li", start, start + rng.randint(0, 10) * MINUTE, rng.choice((FOREVER, start + 30 * MINUTE)), rng.choice(GRADES))


def world_of(rng: Random) -> PostFacts:
    """A post, and everything known of it."""
    told = {notice.rid: notice for notice in (notices()(rng) for _ in range(rng.randint(0, 3)))}
    return PostFacts(
        a=rng.choice(("wang", "")),
        sightings=sightings()(rng),
        notices=tuple(told.values()),
        covers=tuple(cover(rng) for _ in range(rng.randint(0, 1))),
        breaks=rng.choice(((), (90 * MINUTE,))),
    )


worlds = drawn(world_of)


@given(worlds, drawn(lambda rng: rng))
@settings(max_examples=500, deadline=None)
def test_any_order_of_facts_gives_the_same_findings(world: PostFacts, random: Random) -> None:
    def shuffled(facts: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(random.sample(facts, len(facts)))

    other = world._replace(sightings=shuffled(world.sightings), notices=shuffled(world.notices), covers=shuffled(world.covers))
    assert reconcile(other, PARAMETERS) == reconcile(world, PARAMETERS)


@given(worlds)
@settings(max_examples=500, deadline=None)
def test_counts_and_sentences_are_always_sound(world: PostFacts) -> None:
    for found in reconcile(world, PARAMETERS):
        assert 0 <= found.person_count <= found.post_count <= 1
        assert found.person_count == (found.state == "unattended" and bool(found.person) and found.explain.key != "explain.nobody")
        assert_says_everything(found)


def assert_says_everything(found: Found) -> None:
    """Both sentences exist and every parameter they name is given, and known by type."""
    assert found.own.key == own_key(found.explain.key)
    for said in (found.explain, found.own):
        named = set(re.findall(r"{(\w+)}", EXPLANATIONS[said.key]))
        assert named <= set(said.params)
        assert set(said.params) <= set(PARAMS)


@given(drawn(notices(TRUSTED)), st.lists(st.integers(0, 80), min_size=1, max_size=5), st.sampled_from(TRUSTED))
@settings(max_examples=500, deadline=None)
def test_a_trusted_notice_made_before_the_sightings_always_clears(notice: NoticeFact, minutes: list[int], grade: Any) -> None:
    open_notice = notice._replace(
        announced_at=notice.leaves_at,
        ended_at=FOREVER,
        proved_at=FOREVER,
        cancelled=False,
        first_back_at=notice.leaves_at + 90 * MINUTE,
        extensions=(),
    )
    seen = tuple(Sighting(f"o{n}", notice.leaves_at + m * MINUTE, "empty", grade, "lin", n % 2 == 0) for n, m in enumerate(minutes))
    found = reconcile(PostFacts("wang", seen, (open_notice,)), PARAMETERS)
    assert [(f.state, f.person_count, f.post_count) for f in found] == [("explained", 0, 1)]


@given(worlds, drawn(notices("C")))
@settings(max_examples=500, deadline=None)
def test_a_notice_with_an_untrusted_clock_never_accuses_and_never_clears(world: PostFacts, notice: NoticeFact) -> None:
    untrusted = notice._replace(rid="untrusted")
    before = {f.rid: f for f in reconcile(world, PARAMETERS)}
    after = {f.rid: f for f in reconcile(world._replace(notices=(*world.notices, untrusted)), PARAMETERS)}
    assert before.keys() == after.keys()
    for rid, found in after.items():
        assert found.person_count <= before[rid].person_count
        assert found.state != "explained" or before[rid].state == "explained"
        assert found.post_count >= before[rid].post_count


@given(worlds, st.sampled_from(["cover", "present", "returned", "arrived"]), times, times)
@settings(max_examples=500, deadline=None)
def test_nobody_is_counted_against_an_unproven_word_that_would_have_cleared(world: PostFacts, kind: str, at: int, until: int) -> None:
    """EVD-03, EVD-04: it never clears, and whoever would not be counted were it true is in doubt."""
    unproven, proven = told_of(world, kind, at, at + until, "C"), told_of(world, kind, at, at + until, "A")
    before = {f.rid: f for f in reconcile(world, PARAMETERS)} if kind != "returned" else {}
    true = reconcile(proven, PARAMETERS)
    for found in reconcile(unproven, PARAMETERS):
        if before:
            known = before[found.rid]
            assert found.person_count <= known.person_count
            assert found.post_count >= known.post_count
            assert found.state == known.state or (known.state, found.state, found.doubt) == ("unattended", "pending", True)
        if found.person_count:
            same = [f for f in true if f.person == found.person and {*f.observations} & {*found.observations}]
            assert any(f.person_count or f.doubt for f in same)


def told_of(world: PostFacts, kind: str, at: int, until: int, grade: Any) -> PostFacts:
    """The world, and somebody's word that the post was served at `at`, by a clock of this grade."""
    if kind == "cover":
        return world._replace(covers=(*world.covers, CoverFact("k2", "li", at, at, until, grade)))
    if kind == "present":
        return world._replace(sightings=(*world.sightings, Sighting("p", at, "present", grade, "zhou")))
    if kind == "returned":
        return world._replace(notices=tuple(n._replace(end_grade=grade) for n in world.notices))
    arrived = ((at, "wang"),)
    if grade == "A":
        return world._replace(arrivals=(*world.arrivals, *arrived))
    return world._replace(unproven_arrivals=(*world.unproven_arrivals, *arrived))


@given(drawn(sightings("C")), drawn(notices()))
@settings(max_examples=500, deadline=None)
def test_sightings_with_an_untrusted_clock_never_accuse(seen: tuple[Sighting, ...], notice: NoticeFact) -> None:
    assert all(f.person_count == 0 for f in reconcile(PostFacts("wang", seen, (notice,)), PARAMETERS))


@given(drawn(sightings(TRUSTED, ("empty", "present"))))
@settings(max_examples=500, deadline=None)
def test_every_sighting_of_an_empty_post_is_in_exactly_one_finding(seen: tuple[Sighting, ...]) -> None:
    live = tuple(s._replace(withdrawn=False) for s in seen)
    listed = [o for f in reconcile(PostFacts("wang", live), PARAMETERS) for o in f.observations]
    assert sorted(listed) == sorted(s.id for s in live if s.what == "empty")


def test_both_sides_read_a_sentence_of_their_own_where_it_matters() -> None:
    assert own_key("explain.notice_before") == "own.notice_before"
    assert own_key("explain.glance") == "explain.glance"
    assert all(key.startswith("explain.") or key.replace("own.", "explain.") in EXPLANATIONS for key in EXPLANATIONS)


def test_who_signs_in_is_there_again() -> None:
    """EVD-07: a punch proves the return; what is seen empty afterwards is another episode."""
    seen = tuple(Sighting(f"o{n}", at * MINUTE, "empty", "A", "lin") for n, at in enumerate((0, 15, 40)))
    found = reconcile(PostFacts("wang", seen, arrivals=((20 * MINUTE, "wang"),)), PARAMETERS)
    assert [(f.observations, f.state) for f in found] == [(("o0", "o1"), "unattended"), (("o2",), "glance")]
    assert found[0].to_at == 20 * MINUTE


def test_somebody_seen_at_the_very_moment_of_a_sighting_ends_the_episode_before_it() -> None:
    seen = tuple(Sighting(f"o{n}", at * MINUTE, "empty", "A", "lin") for n, at in enumerate((0, 20)))
    proof = Sighting("p", 20 * MINUTE, "covered", "A", "lin")
    assert [f.observations for f in reconcile(PostFacts("wang", (*seen, proof)), PARAMETERS)] == [("o0",), ("o1",)]
    proof = Sighting("p", 0, "covered", "A", "lin")
    assert [f.observations for f in reconcile(PostFacts("wang", (*seen, proof)), PARAMETERS)] == [("o0", "o1")]
