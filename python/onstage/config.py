"""Every setting, with its default and what it is for. The guide docs/guides/settings.md is generated from here."""

import tomllib
from collections.abc import Iterable
from difflib import get_close_matches
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from limits import RateLimitItem, parse
from pydantic import Field, IPvAnyAddress, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from onstage.errors import StartError

SECRET_MIN_BYTES = 32
_LONG_ENOUGH = f"{SECRET_MIN_BYTES} random bytes or more (try `openssl rand -hex 32`)"
_FEWEST_CHARACTERS = 8
"""Different ones in a secret; with fewer it is a filler, as `0000…` or `changeme…`."""

_PREFIX = "ONSTAGE_"
STORAGE_SCHEMES = ("s3", "s3a", "gs", "az", "abfs", "abfss", "file")
_WEB = ("http", "https")
_SOCKETS = ("ws", "wss")

Network = IPv4Network | IPv6Network


class Environment(StrEnum):
    """`production` refuses what is only fit for a developer's machine."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class LogLevel(StrEnum):
    """How much is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Settings(BaseSettings):
    """Read from the command line, then `ONSTAGE_<NAME>`, then `onstage.toml`."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, toml_file="onstage.toml", extra="forbid", env_ignore_empty=True
    )

    environment: Environment = Field(
        Environment.DEVELOPMENT, description="`development`, or `production`, which refuses generated secrets."
    )
    host: str = Field("127.0.0.1", description="Address the web server listens on.")
    port: int = Field(8080, ge=1, le=65535, description="TCP port of the web server.")
    gateway_port: int | None = Field(
        None,
        ge=1,
        le=65535,
        description="A TCP port of the gateway's own, for thousands of connections: they cost a fraction there of what "
        "they cost on `port`, which serves the gateway as well. Clients are told it in `gateway_url`.",
    )
    gateway_url: str | None = Field(
        None,
        description="URL that clients are told instead, when a proxy in front has the gateway elsewhere: "
        "`wss://live.example.com/v1/gateway`.",
    )
    gateway_unproven_per_address: int = Field(
        256, ge=1, description="Gateway sockets of one address whose client has not proven who it is, at a time."
    )
    data_dir: Path = Field(Path("data"), description="Folder of the database, the segments and the generated keys.")
    storage_url: str | None = Field(
        None,
        description="Where segments and recordings are kept: `s3://bucket/folder`, `gs://…`, `az://…`, with the "
        "credentials of the usual environment variables (`AWS_ACCESS_KEY_ID` …), or a folder; the data folder when "
        "unset.",
    )
    public_url: str | None = Field(
        None, description="URL under which browsers reach this server; taken from each request when unset."
    )
    secret: str | None = Field(
        None,
        description="Key that signs participant tokens, 32 bytes or more; generated into the data folder when unset.",
    )
    previous_secrets: str | None = Field(
        None,
        description="Secrets of before, comma-separated: what they signed or sealed stays good while they are listed.",
    )
    admin_secret: str | None = Field(
        None, description="Bearer secret of the admin API, 32 bytes or more; without it that API is off."
    )
    metrics_secret: str | None = Field(
        None,
        description="Bearer secret of `/metrics`, 32 bytes or more; the admin secret does as well. With neither, "
        "development answers this machine alone, and production nobody.",
    )
    trusted_proxies: str | None = Field(
        None,
        description="Networks of your reverse proxies, comma-separated: whose `X-Forwarded-For` is believed.",
    )
    rate_limit_project: str = Field(
        "12000/minute", description="Calls of one project's servers, as `<number>/<second, minute or hour>`, or `off`."
    )
    rate_limit_participant: str = Field("3000/minute", description="Calls and gateway requests of one participant.")
    rate_limit_address: str = Field("12000/minute", description="Calls from one address, whoever makes them.")
    rate_limit_failures: str = Field(
        "120/minute", description="Wrong credentials and room codes from one address; beyond them it is not heard."
    )
    tls_cert: Path | None = Field(None, description="Certificate chain (PEM). Turns HTTPS and HTTP/2 on.")
    tls_key: Path | None = Field(None, description="Private key (PEM) of the certificate.")
    tls_self_signed: bool = Field(
        False, description="Make a certificate for development into the data folder and use it."
    )
    database_url: str | None = Field(
        None, description="`postgresql://user:password@host/name`; an SQLite file in the data folder when unset."
    )
    database_pool: int = Field(20, ge=2, description="Connections to PostgreSQL at most; who gets none is refused.")
    redis_url: str | None = Field(
        None,
        description="`redis://host:6379/0`, with which several servers share PostgreSQL; one needs none. It needs "
        "`livekit_url`, so that they share the media server as well.",
    )
    internal_url: str | None = Field(
        None, description="URL under which other servers reach this one, to pass viewers of its broadcasts through."
    )
    livekit_url: str | None = Field(
        None, description="URL of a LiveKit server or cluster to use; a child of our own is started when unset."
    )
    livekit_api_key: str | None = Field(None, description="API key of that server.")
    livekit_api_secret: str | None = Field(None, description="API secret of that server.")
    livekit_server_path: Path | None = Field(
        None, description="The livekit-server program; `.tools/bin` of the checkout, then PATH, when unset."
    )
    livekit_port: int = Field(7880, ge=1, le=65535, description="TCP port of our own livekit-server, on loopback only.")
    media_udp_port: int = Field(7882, ge=1, le=65535, description="UDP port for WebRTC media.")
    media_tcp_port: int = Field(7881, ge=1, le=65535, description="TCP port for WebRTC media where UDP is blocked.")
    media_ip: IPvAnyAddress | None = Field(
        None, description="Address browsers send media to; the machine's own addresses when unset."
    )
    broadcast_cores: float | None = Field(
        None,
        ge=0,
        description="Processor cores that the broadcasts may take together, as estimated from their quality; a start "
        "beyond them is refused with 503. 90 % of what this process may use when unset.",
    )
    max_broadcasts: int | None = Field(
        None, ge=0, description="Broadcasts composed at the same time, whatever they take; no such limit when unset."
    )
    spare_composers: int = Field(
        1,
        ge=0,
        description="Composer processes kept ready, so that a broadcast starts sooner; each holds about 100 MB.",
    )
    media_max_bytes: int = Field(
        512 * 1024 * 1024,
        ge=1,
        description="Size of one file that is uploaded, or fetched from a URL, to be played into a show.",
    )
    presence_grace_s: float = Field(
        15.0, gt=0, description="Seconds without gateway and engine after which a participant has left."
    )
    auto_stop_s: float = Field(
        60.0, ge=0, description="Seconds after the last stage participant left until the broadcast stops; 0 = never."
    )
    outbound_allow: str = Field(
        "",
        description="Where webhooks and RTMP targets may go though it is private, by commas. `10.0.0.0/8`, "
        "`10.1.2.3`, `fd00::/8`: URLs with such an address, by http too and on any port; URLs with a host name, all "
        "whose addresses are public or listed, only as other URLs may (https, or what `outbound_http` and "
        "`outbound_ports` allow). `hooks.internal`: URLs with exactly this name (no other below it, and not its "
        "addresses), wherever it leads, by http too and on any port. `10.0.0.0/8:8080`, `[::1]:3000`, "
        "`hooks.internal:8080`: the same on this port alone.",
    )
    outbound_ports: str = Field(
        "80,443", description="Ports below 1024 that webhooks and RTMP targets may reach, by commas."
    )
    outbound_http: bool = Field(
        False, description="Whether webhooks may go to any public host without TLS; those allowed by name always may."
    )
    webhook_retry_scale: float = Field(
        1.0, gt=0, description="Multiplies every pause between a webhook's attempts, and the time until it is given up."
    )
    log_level: LogLevel = Field(LogLevel.INFO, description="The least that is logged.")
    log_json: bool = Field(False, description="One JSON object a line instead of text for people.")

    @model_validator(mode="after")
    def _belong_together(self) -> Self:
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("tls_cert and tls_key are given together, or neither")
        if self.redis_url is not None and not self.redis_url.startswith(("redis://", "rediss://")):
            raise ValueError("redis_url is not one: redis://host:6379/0, or rediss:// with TLS")
        if self.redis_url is not None and not self.livekit_url:  # or each server would have a part of every room
            raise ValueError(
                "redis_url is for several servers, which share one media server: set ONSTAGE_LIVEKIT_URL, "
                "ONSTAGE_LIVEKIT_API_KEY and ONSTAGE_LIVEKIT_API_SECRET; a single server needs no ONSTAGE_REDIS_URL"
            )
        if self.gateway_port == self.port:
            raise ValueError("gateway_port is `port`, which serves the gateway anyway: leave it unset")
        if self.livekit_url and not (self.livekit_api_key and self.livekit_api_secret):
            raise ValueError("livekit_url needs livekit_api_key and livekit_api_secret")
        return self

    @model_validator(mode="after")
    def _are_kept_secret(self) -> Self:
        secrets = {"secret": self.secret, "admin_secret": self.admin_secret, "metrics_secret": self.metrics_secret}
        for name, value in secrets.items():
            _require_long(name, value)
        for value in self.previous_secret_list:
            _require_long("previous_secrets", value)
        if self.environment is Environment.PRODUCTION:
            if self.secret is None:
                raise ValueError(f"production needs ONSTAGE_SECRET: {_LONG_ENOUGH}")
            _require_fit_for_production(secrets | {"livekit_api_secret": self.livekit_api_secret})
        return self

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, text: str | None) -> str | None:
        networks_in(text)
        return text

    @field_validator("public_url", "internal_url")
    @classmethod
    def _is_of_the_web(cls, url: str | None) -> str | None:
        return _require_url(url, _WEB, "https://live.example.com")

    @field_validator("gateway_url")
    @classmethod
    def _is_of_sockets(cls, url: str | None) -> str | None:
        return _require_url(url, _SOCKETS, "wss://live.example.com/v1/gateway")

    @field_validator("storage_url")
    @classmethod
    def _is_storage(cls, url: str | None) -> str | None:
        scheme, separator, _ = (url or "").partition("://")
        if separator and scheme not in STORAGE_SCHEMES:
            raise ValueError("it is no storage that Onstage knows: give s3://bucket/folder, gs://, az://, or a folder")
        return url

    @field_validator("database_url")
    @classmethod
    def _is_of_a_known_kind(cls, url: str | None) -> str | None:
        kind = (url or "sqlite:").partition(":")[0].partition("+")[0]
        if kind not in ("postgresql", "postgres", "sqlite"):
            raise ValueError(
                "Onstage keeps its data in PostgreSQL or SQLite: give postgresql://user:password@host/name or "
                "sqlite+aiosqlite:///folder/file.db, or leave it unset for a file in the data folder"
            )
        return url

    @field_validator("rate_limit_project", "rate_limit_participant", "rate_limit_address", "rate_limit_failures")
    @classmethod
    def _is_a_rate(cls, text: str) -> str:
        rate_in(text)
        return text

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the base class names it; we read no .env file
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - likewise
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Command line first, then the environment, then the file."""
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls))

    @property
    def has_tls(self) -> bool:
        """Whether browsers speak HTTPS to us directly."""
        return self.tls_cert is not None or self.tls_self_signed

    @property
    def previous_secret_list(self) -> tuple[str, ...]:
        """The secrets of before, newest first."""
        return tuple(one.strip() for one in (self.previous_secrets or "").split(",") if one.strip())

    @property
    def database(self) -> str:
        """The database's URL."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir / 'onstage.db'}"


def unknown_settings(environment: Iterable[str]) -> dict[str, str | None]:
    """The names in the environment that look like settings and are none, each with the nearest that is one."""
    known = [f"{_PREFIX}{name.upper()}" for name in Settings.model_fields]
    unknown = sorted(name for name in environment if name.upper().startswith(_PREFIX) and name.upper() not in known)
    return {name: next(iter(get_close_matches(name.upper(), known, n=1)), None) for name in unknown}


def _require_url(url: str | None, schemes: tuple[str, str], example: str) -> str | None:
    """The URL, if it is one with a host.

    Raises:
        ValueError: it is none.
    """
    if url is None:
        return None
    parts = urlsplit(url)
    if parts.scheme not in schemes or not parts.hostname:
        raise ValueError(f"it is no {schemes[0]}(s) URL, as {example}")
    return url


def _require_long(name: str, value: str | None) -> None:
    if value is not None and len(value.encode()) < SECRET_MIN_BYTES:
        raise ValueError(f"{name} is too short: {_LONG_ENOUGH}")


def _require_fit_for_production(secrets: dict[str, str | None]) -> None:
    """Nothing, if each secret that is given is long, is no filler, and is used once.

    Raises:
        ValueError: naming the first that is not.
    """
    seen: set[str] = set()
    for name, value in secrets.items():
        _require_long(name, value)
        if value is None:
            continue
        if len(set(value)) < _FEWEST_CHARACTERS:
            raise ValueError(f"{name} is too simple for production: {_LONG_ENOUGH}")
        if value in seen:
            raise ValueError(f"{name} is used for something else too: {_LONG_ENOUGH}")
        seen.add(value)


def networks_in(text: str | None) -> tuple[Network, ...]:
    """The networks that a comma-separated setting names.

    Raises:
        ValueError: one of them is none.
    """
    return tuple(ip_network(one.strip()) for one in (text or "").split(",") if one.strip())


def rate_in(text: str) -> RateLimitItem | None:
    """How many in what time; None for `off`.

    Raises:
        ValueError: it is neither.
    """
    if text.strip().lower() == "off":
        return None
    try:
        rate = parse(text)
    except ValueError as cause:
        raise ValueError("it is not like `600/minute`, and not `off`") from cause
    if rate.amount < 1:
        raise ValueError("it allows nothing; `off` sets no limit")
    return rate


def load_settings(**given: object) -> Settings:
    """Settings from all sources; `given` are the command line's, None meaning not given.

    Raises:
        StartError: a value that cannot be used, in one line.
    """
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]  # pydantic checks each value
    except tomllib.TOMLDecodeError as cause:
        raise StartError(f"onstage.toml: {cause}") from cause
    except ValidationError as cause:
        first = cause.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        text = first["msg"].removeprefix("Value error, ")
        raise StartError(f"{name}: {text}" if name else text) from cause
