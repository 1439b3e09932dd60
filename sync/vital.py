"""How a device is doing: what it says of itself with every push and hello."""

import msgspec


class Waits(msgspec.Struct, omit_defaults=True):
    """What is still only on a device. `unsent`: ops, `blobs`: photos; `oldest_at`: when the oldest op was saved (ms)."""

    unsent: int = 0
    blobs: int = 0
    oldest_at: int | None = None


class Vital(msgspec.Struct, omit_defaults=True):
    """How a device is doing, told with every push and hello; the office sees it as row `device.state` (is it safe to disable?).

    `unsent`, `blobs`, `oldest_at`: as in `Waits`, of what is open; `sealed`: the same of sealed ops (`OpKind.sealed`) and their photos, of
    which nobody but the check leads hears. `app`: software version; `free`: bytes of storage left (-1 unknown), as if there were no sealed
    photos; `kept`: the browser promised to keep the storage. `trouble`, once: what went wrong on the device since it last told, for the
    audit: `lost 4-6` (own numbers its damaged storage does not hold any more), `sums hall 9:… 9:…` (mine, yours: a difference that repair
    did not cure).
    """

    unsent: int = 0
    blobs: int = 0
    oldest_at: int | None = None
    app: str = ""
    free: int = -1
    kept: bool = False
    trouble: str = ""
    sealed: Waits | None = None
