"""Examples on every screen of a demo hall (catalogue §14): believable, invented, deterministic from a seed, dated relative to now.

Everything is said by people of the hall through the handlers of any phone's op, at the time at which they would have said it.
"""

from server.examples import board, campaigns, checks, floor, leaves, places, presence
from server.examples.scene import Hands, Scene

__all__ = ["Hands", "Scene", "play"]

STORIES = (
    presence.play,
    floor.play,
    leaves.play,
    places.play,
    campaigns.play,
    checks.play,
    floor.irregular,
    campaigns.bulletins,
    board.play,
)
"""In this order: what the evidence log must have seen in between rises in time, and bulletins tell of what went before."""


def play(scene: Scene) -> None:
    """Let the hall have lived a little."""
    for story in STORIES:
        story(scene)
        scene.settle()
