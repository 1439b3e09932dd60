"""Every setting of the server in one typed place. From the command line, else the environment (`ZAIGANG_PORT=…`), else the default."""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "ZAIGANG_"
MODES = ("demo", "empty")


class BadSetting(ValueError):
    """A setting that cannot be used; the message names it and says what it may be."""


@dataclass(frozen=True)
class Settings:
    """What an operator chooses. `metadata` holds the sentence shown by `--help` and in docs."""

    host: str = field(default="127.0.0.1", metadata={"help": "address to listen on; 0.0.0.0 for every network"})
    port: int = field(default=8000, metadata={"help": "port to listen on; 0 for any free one"})
    data: Path = field(default=ROOT / "data", metadata={"help": "folder that holds the databases"})
    mode: str = field(default="demo", metadata={"help": "demo: two halls with fictional people; empty: one hall to be set up"})
    site: str = field(default="hall", metadata={"help": "id of the hall of an empty start, as it stands in addresses"})
    seed: int = field(default=1, metadata={"help": "seed of the demo halls"})
    tls_cert: Path | None = field(default=None, metadata={"help": "TLS certificate chain (PEM file)"})
    tls_key: Path | None = field(default=None, metadata={"help": "TLS private key (PEM file)"})
    origins: tuple[str, ...] = field(
        default=(), metadata={"help": "addresses people use when a proxy stands in front, with commas: https://hall.example"}
    )
    dist: Path = field(default=ROOT / "pwa" / "dist", metadata={"help": "folder of the built app"})

    @property
    def demo(self) -> bool:
        """Whether demo halls and their personas are served."""
        return self.mode == "demo"

    @property
    def secure(self) -> bool:
        """Whether people reach the server by TLS: cookies and headers follow."""
        return self.tls_cert is not None or any(origin.startswith("https://") for origin in self.origins)

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return self.host == "localhost" or (_is_ip(self.host) and ipaddress.ip_address(self.host).is_loopback)


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def read(given: Mapping[str, object], environment: Mapping[str, str]) -> Settings:
    """Settings from what was given on the command line (None: not given), over the environment, over the defaults."""
    values: dict[str, object] = {}
    for name in (f.name for f in fields(Settings)):
        chosen = given.get(name)
        if chosen is None:
            chosen = environment.get(PREFIX + name.upper())
        if chosen is not None:
            values[name] = _typed(name, chosen)
    return check(Settings(**values))  # type: ignore[arg-type]


def _typed(name: str, value: object) -> object:
    if name in ("port", "seed"):
        try:
            return int(str(value))
        except ValueError:
            raise BadSetting(f"{name} must be a whole number, not {value!r}") from None
    if name == "origins":
        return tuple(part.strip() for part in str(value).split(",") if part.strip())
    if name in ("data", "tls_cert", "tls_key", "dist"):
        if not str(value):
            raise BadSetting(f"{name} must name a path")
        return Path(str(value)).expanduser().absolute()
    return str(value)


def check(settings: Settings) -> Settings:
    """The settings, or `BadSetting` with a sentence that names the first wrong one."""
    if not 0 <= settings.port <= 65535:
        raise BadSetting(f"port must be between 0 and 65535, not {settings.port}")
    if not settings.host or (not _is_ip(settings.host) and not re.fullmatch(r"[A-Za-z0-9.-]{1,253}", settings.host)):
        raise BadSetting(f"host must be an address or a name, not {settings.host!r}")
    if settings.mode not in MODES:
        raise BadSetting(f"mode must be one of {', '.join(MODES)}, not {settings.mode!r}")
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,30}", settings.site):
        raise BadSetting(f"site must be lower-case letters, digits and hyphens, not {settings.site!r}")
    if settings.data.exists() and not settings.data.is_dir():
        raise BadSetting(f"data must be a folder, but {settings.data} is a file")
    _check_tls(settings)
    _check_origins(settings)
    return settings


def _check_tls(settings: Settings) -> None:
    if (settings.tls_cert is None) != (settings.tls_key is None):
        missing = "tls_key" if settings.tls_key is None else "tls_cert"
        raise BadSetting(f"{missing} is missing: TLS needs both a certificate and its key")
    for name, path in (("tls_cert", settings.tls_cert), ("tls_key", settings.tls_key)):
        if path is not None and not path.is_file():
            raise BadSetting(f"{name} must be a readable file, but {path} is not there")


def _check_origins(settings: Settings) -> None:
    for origin in settings.origins:
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or not parts.netloc or origin != f"{parts.scheme}://{parts.netloc}":
            raise BadSetting(f"origins must look like https://hall.example, not {origin!r}")
    if len({origin.startswith("https://") for origin in settings.origins}) > 1:
        raise BadSetting("origins must be all https or all http: cookies cannot serve both")
