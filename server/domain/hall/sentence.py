"""One sentence by which a computed result explains itself (EVD-11); the words stand with the institution that says it."""

import msgspec


class Explain(msgspec.Struct):
    """One sentence: `key` names the message, `params` fill it. Times are ms; people are uids; posts are ids."""

    key: str
    params: dict[str, str | int]
