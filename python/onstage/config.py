"""Every setting, with its default and what it is for. The guide docs/guides/settings.md is generated from here."""

import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Self

from pydantic import Field, IPvAnyAddress, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from onstage.errors import StartError

SECRET_MIN_BYTES = 32


class Environment(StrEnum):
    """`production` refuses what is only fit for a developer's machine."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """Read from the command line, then `ONSTAGE_<NAME>`, then `onstage.toml`."""

    model_config = SettingsConfigDict(
        env_prefix="ONSTAGE_", toml_file="onstage.toml", extra="forbid", env_ignore_empty=True
    )

    environment: Environment = Field(
        Environment.DEVELOPMENT, description="`development`, or `production`, which refuses generated secrets."
    )
    host: str = Field("127.0.0.1", description="Address the web server listens on.")
    port: int = Field(8080, ge=1, le=65535, description="TCP port of the web server.")
    data_dir: Path = Field(Path("data"), description="Folder of the database, the segments and the generated keys.")
    public_url: str | None = Field(
        None, description="URL under which browsers reach this server; taken from each request when unset."
    )
    secret: str | None = Field(
        None,
        description="Key that signs participant tokens, 32 bytes or more; generated into the data folder when unset.",
    )
    tls_cert: Path | None = Field(None, description="Certificate chain (PEM). Turns HTTPS and HTTP/2 on.")
    tls_key: Path | None = Field(None, description="Private key (PEM) of the certificate.")
    tls_self_signed: bool = Field(
        False, description="Make a certificate for development into the data folder and use it."
    )
    database_url: str | None = Field(None, description="SQLAlchemy URL; an SQLite file in the data folder when unset.")
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
    max_broadcasts: int = Field(4, ge=0, description="Broadcasts composed at the same time; more are refused with 503.")
    presence_grace_s: float = Field(
        15.0, gt=0, description="Seconds without gateway and engine after which a participant has left."
    )
    auto_stop_s: float = Field(
        60.0, ge=0, description="Seconds after the last stage participant left until the broadcast stops; 0 = never."
    )
    log_level: str = Field("info", description="`debug`, `info`, `warning` or `error`.")
    log_json: bool = Field(False, description="One JSON object a line instead of text for people.")

    @model_validator(mode="after")
    def _belong_together(self) -> Self:
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("tls_cert and tls_key are given together, or neither")
        if self.secret is not None and len(self.secret.encode()) < SECRET_MIN_BYTES:
            raise ValueError(f"secret is too short: {SECRET_MIN_BYTES} bytes or more (try `openssl rand -hex 32`)")
        if self.livekit_url and not (self.livekit_api_key and self.livekit_api_secret):
            raise ValueError("livekit_url needs livekit_api_key and livekit_api_secret")
        if self.environment is Environment.PRODUCTION and self.secret is None:
            raise ValueError("production needs ONSTAGE_SECRET: 32 bytes or more (try `openssl rand -hex 32`)")
        return self

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
    def database(self) -> str:
        """The database's URL."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir / 'onstage.db'}"


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
