"""Every setting of the server in one typed place. From the command line, else the environment (`ZAIGANG_PORT=…`), else the default."""

import ipaddress
import os
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import get_origin, get_type_hints
from urllib.parse import urlsplit

from sync.notes import COSIGNATURE, BadNote, read_vkey

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
    database: str = field(
        default="", metadata={"help": "where the halls are kept: empty for SQLite files in the data folder, or postgresql://user@host/name"}
    )
    mode: str = field(default="demo", metadata={"help": "demo: two halls with fictional people; empty: one hall to be set up"})
    site: str = field(
        default="hall", metadata={"help": "id of the hall an empty start makes, as it stands in addresses; where halls are, sites chooses"}
    )
    seed: int = field(default=1, metadata={"help": "seed of the demo halls"})
    examples: int = field(default=1, metadata={"help": "1: new demo halls begin with examples on every screen; 0: without"})
    tls_cert: Path | None = field(default=None, metadata={"help": "TLS certificate chain (PEM file)"})
    tls_key: Path | None = field(default=None, metadata={"help": "TLS private key (PEM file)"})
    origins: tuple[str, ...] = field(
        default=(), metadata={"help": "addresses people use when a proxy stands in front, with commas: https://hall.example"}
    )
    blob_store_url: str = field(
        default="", metadata={"help": "where photos and sounds are kept: empty for the data folder, or s3://bucket/folder"}
    )
    uploads: Path | None = field(
        default=None,
        metadata={"help": "folder of photos still being sent; none: uploads in the data folder. Several processes of one hall share one"},
    )
    sites: tuple[str, ...] = field(
        default=(), metadata={"help": "which of the halls that are there are served, by id, with commas; empty: all of them; makes none"}
    )
    photo_mb: int = field(default=15, metadata={"help": "largest photo taken, MB"})
    audio_mb: int = field(default=30, metadata={"help": "largest sound taken, MB"})
    blob_person_mb: int = field(default=2000, metadata={"help": "how much one person may send in 30 days, MB"})
    log_witness_keys: tuple[str, ...] = field(
        default=(), metadata={"help": "keys of those who cosign the evidence log, with commas: name+id+key as `witness --new` prints them"}
    )
    backup_folder: Path | None = field(default=None, metadata={"help": "folder for backups, best on another disk; none: no backups"})
    backup_hours: int = field(default=24, metadata={"help": "hours between two backups"})
    backup_keep: int = field(default=14, metadata={"help": "how many backups of each hall are kept"})
    tombstone_days: int = field(
        default=180, metadata={"help": "days after which it is forgotten that a row left; a device away for longer fetches all rows anew"}
    )
    starts_per_minute: int = field(default=60, metadata={"help": "how often a minute one person's devices may fetch all rows from nothing"})
    frames_per_minute: int = field(default=1200, metadata={"help": "how often a minute one person's sockets may say where they stand"})
    font_folder: Path | None = field(
        default=None, metadata={"help": "folder of further fonts for printed documents: those of official papers, and of rare characters"}
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
    kinds = get_type_hints(Settings)
    _check_names([name.upper() for name in kinds], environment)
    for name, kind in kinds.items():
        chosen = given.get(name)
        if chosen is None:
            chosen = environment.get(PREFIX + name.upper())
        if chosen is not None:
            values[name] = _typed(name, chosen, kind)
    return check(Settings(**values))  # type: ignore[arg-type]


def _check_names(known: list[str], environment: Mapping[str, str]) -> None:
    """A misspelt variable would be a setting nobody gets."""
    for variable in sorted(v for v in environment if v.startswith(PREFIX)):
        name = variable.removeprefix(PREFIX)
        if name not in known:
            near = get_close_matches(name.upper(), known, 1)
            raise BadSetting(f"{variable} is no setting" + (f"; {PREFIX}{near[0]} is one" if near else ": docs/settings.md lists them"))


def prepare_folders(settings: Settings) -> None:
    """Make the folders the server writes to, and see that it may; `BadSetting` names the one it cannot use."""
    for name in ("data", "uploads", "backup_folder"):
        folder: Path | None = getattr(settings, name)
        if folder is None:
            continue
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as wrong:
            raise BadSetting(f"{name} must be a folder that can be made, but {folder} cannot: {wrong.strerror}") from None
        if not os.access(folder, os.W_OK | os.X_OK):
            raise BadSetting(f"{name} must be a folder this user may write to, but {folder} is not")


def _typed(name: str, value: object, kind: object) -> object:
    text = str(value)
    if kind is int:
        try:
            return int(text)
        except ValueError:
            raise BadSetting(f"{name} must be a whole number, not {value!r}") from None
    if get_origin(kind) is tuple:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    if kind in (Path, Path | None):
        if not text:
            raise BadSetting(f"{name} must name a path")
        return Path(text).expanduser().absolute()
    return text


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
    if settings.examples not in (0, 1):
        raise BadSetting(f"examples must be 0 or 1, not {settings.examples}")
    if settings.data.exists() and not settings.data.is_dir():
        raise BadSetting(f"data must be a folder, but {settings.data} is a file")
    if settings.database and not re.fullmatch(r"postgres(ql)?://\S+", settings.database):
        raise BadSetting("database must look like postgresql://user@host/name, or be empty for files in the data folder")
    _check_blobs(settings)
    _check_backups(settings)
    _check_pace(settings)
    _check_tls(settings)
    _check_origins(settings)
    _check_witnesses(settings)
    return settings


def _check_blobs(settings: Settings) -> None:
    if settings.blob_store_url and not re.fullmatch(r"(s3|gs|az|file|memory)://\S*", settings.blob_store_url):
        raise BadSetting(f"blob_store_url must look like s3://bucket/folder, not {settings.blob_store_url!r}")
    if settings.uploads is not None and settings.uploads.exists() and not settings.uploads.is_dir():
        raise BadSetting(f"uploads must be a folder, but {settings.uploads} is a file")
    for name in ("photo_mb", "audio_mb", "blob_person_mb"):
        if not 1 <= getattr(settings, name) <= 1_000_000:
            raise BadSetting(f"{name} must be between 1 and 1000000, not {getattr(settings, name)}")


def _check_backups(settings: Settings) -> None:
    if settings.backup_folder is not None and settings.backup_folder.exists() and not settings.backup_folder.is_dir():
        raise BadSetting(f"backup_folder must be a folder, but {settings.backup_folder} is a file")
    if settings.font_folder is not None and not settings.font_folder.is_dir():
        raise BadSetting(f"font_folder must be a folder, but {settings.font_folder} is none")
    if settings.backup_folder is not None and settings.backup_folder == settings.data:
        raise BadSetting("backup_folder must not be the data folder itself")
    for name in ("backup_hours", "backup_keep", "tombstone_days"):
        if not 1 <= getattr(settings, name) <= 10_000:
            raise BadSetting(f"{name} must be between 1 and 10000, not {getattr(settings, name)}")


def _check_pace(settings: Settings) -> None:
    for name in ("starts_per_minute", "frames_per_minute"):
        if not 1 <= getattr(settings, name) <= 1_000_000:
            raise BadSetting(f"{name} must be between 1 and 1000000, not {getattr(settings, name)}")


def _check_tls(settings: Settings) -> None:
    if (settings.tls_cert is None) != (settings.tls_key is None):
        missing = "tls_key" if settings.tls_key is None else "tls_cert"
        raise BadSetting(f"{missing} is missing: TLS needs both a certificate and its key")
    for name, path in (("tls_cert", settings.tls_cert), ("tls_key", settings.tls_key)):
        if path is not None and not path.is_file():
            raise BadSetting(f"{name} must be a readable file, but {path} is not there")
    if settings.tls_cert and settings.tls_key:
        _check_chain(settings.tls_cert, settings.tls_key)


def _check_chain(cert: Path, key: Path) -> None:
    """Load both as the server will: whoever starts it learns which one is wrong."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_verify_locations(cert)
    except (ssl.SSLError, OSError):
        raise BadSetting(f"tls_cert must be a certificate chain in PEM that can be read, but {cert} is none") from None
    try:
        context.load_cert_chain(cert, key, password="")
    except (ssl.SSLError, OSError) as wrong:
        if getattr(wrong, "reason", "") == "KEY_VALUES_MISMATCH":
            raise BadSetting(f"tls_key must be the key of the certificate in tls_cert, but {key} is that of another") from None
        raise BadSetting(f"tls_key must be a private key in PEM without a password that can be read, but {key} is none") from None


def _check_origins(settings: Settings) -> None:
    for origin in settings.origins:
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or not parts.netloc or origin != f"{parts.scheme}://{parts.netloc}":
            raise BadSetting(f"origins must look like https://hall.example, not {origin!r}")
    if len({origin.startswith("https://") for origin in settings.origins}) > 1:
        raise BadSetting("origins must be all https or all http: cookies cannot serve both")


def _check_witnesses(settings: Settings) -> None:
    for text in settings.log_witness_keys:
        try:
            kind = read_vkey(text).kind
        except BadNote as wrong:
            raise BadSetting(f"log_witness_keys: {wrong} ({text!r})") from None
        if kind != COSIGNATURE:
            raise BadSetting(f"log_witness_keys must hold the keys of witnesses, not of a log: {text!r}")
