"""The server's configuration: one TOML file, one environment variable for each key, typed and bounded.

``ANJUNGAN_SERVER_PORT=8443`` overrides the key ``port``. Unknown keys are errors; an error names the file or the
variable, the key, the value found and what is allowed, and all errors come at once. Every key is documented in
``config/server.toml``; a test holds that.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_origin

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from server.errors import SettingsError

PREFIX = "ANJUNGAN_SERVER_"
HANDED_ON = f"{PREFIX}_SETTINGS"
"""Where the starting process leaves the settings for its workers, as JSON."""
ROOT = Path(__file__).resolve().parent.parent
DEFAULT_FILE = ROOT / "config" / "server.toml"
SAMPLE_SITE = ROOT / "config" / "sites" / "bangkalan"


class Settings(BaseModel):
    """The whole configuration, valid."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: Annotated[str, Field(min_length=1, max_length=255)] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    """0: any free port."""
    workers: Annotated[int, Field(ge=1, le=64)] = 1
    database_url: Annotated[str, Field(pattern=r"^(|sqlite:///.+|postgresql(\+psycopg)?://.+)$")] = ""
    """Empty: an SQLite file in the state folder."""
    public_url: Annotated[str, Field(pattern=r"^(|https?://[^\s/]+)$")] = ""
    """The address browsers reach, where it is not the one this process listens on: forms come from pages of it, too."""
    tls_certificate: str = ""
    tls_key: str = ""
    trusted_proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    """Whose ``X-Forwarded-For`` and ``X-Forwarded-Proto`` are believed."""
    metrics_from: tuple[str, ...] = ("127.0.0.0/8", "::1/128")
    """Networks that may read ``/metrics``."""
    priority_rule: Literal["first", "interleaved"] = "first"
    priority_after: Annotated[int, Field(ge=1, le=20)] = 2
    """With ``interleaved``: one priority ticket after this many regular ones."""
    requests_per_second: Annotated[float, Field(gt=0, le=100_000)] = 100
    """Of one device; three seconds' worth may come at once."""
    pages_per_second: Annotated[float, Field(gt=0, le=100_000)] = 100
    """Of one address, for what visitors' phones ask."""
    board_listeners: Annotated[int, Field(ge=1, le=10_000)] = 300
    """Boards that one worker serves at once."""
    board_voices: tuple[Literal["id", "en"], ...] = ("id",)
    """Languages in which a call is said, in this order; empty: the chime alone."""
    voice_folder: str = ""
    """Where spoken sentences are kept. Empty: in the state folder."""
    pairing_attempts: Annotated[int, Field(ge=1, le=1000)] = 10
    """Wrong pairing codes from one address in ten minutes."""
    session_idle_minutes: Annotated[int, Field(ge=5, le=1440)] = 120
    """A person at the pages who touches nothing for so long must sign in again."""
    session_hours: Annotated[int, Field(ge=1, le=72)] = 12
    """A session ends after so long in any case."""
    max_body_bytes: Annotated[int, Field(ge=10_000, le=100_000_000)] = 2_000_000
    webhook_urls: tuple[Annotated[str, Field(pattern=r"^https?://[^\s/@]+(/\S*)?$")], ...] = ()
    """Where alerts are told."""
    webhook_secret: Annotated[str, Field(pattern=r"^(|.{16,200})$")] = ""
    """What each delivery is signed with."""
    alert_silent_s: Annotated[int, Field(ge=60, le=86_400)] = 300
    """A kiosk that is not heard of for so long, in opening hours."""
    alert_paper_left: Annotated[int, Field(ge=0, le=5000)] = 50
    """Tickets left on the roll."""
    alert_outbox_s: Annotated[int, Field(ge=60, le=86_400)] = 600
    """The age of the oldest event a kiosk could not send."""
    alert_clock_s: Annotated[int, Field(ge=5, le=86_400)] = 60
    """How far a kiosk's clock may be off."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"


def default_state_dir(environ: Mapping[str, str] = os.environ) -> Path:
    """Return the platform's folder for state that must survive (XDG Base Directory, ``XDG_STATE_HOME``).

    systemd's ``StateDirectory=`` sets ``STATE_DIRECTORY`` and wins.
    """
    if given := environ.get("STATE_DIRECTORY"):
        return Path(given.split(":")[0])
    base = environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(base) / "anjungan"


def load(path: Path | None = None, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the configuration from ``path`` (default: ``config/server.toml``) and the environment.

    Raises SettingsError that lists every fault with its place, the value found and what is allowed.
    """
    file = (path or DEFAULT_FILE).absolute()
    try:
        data: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{file}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: is not TOML: {error}") from error
    places = dict.fromkeys(data, str(file))
    for name, text in environ.items():
        key = name.removeprefix(PREFIX).lower()
        if name.startswith(PREFIX) and not key.startswith(
            "_"
        ):  # ANJUNGAN_SERVER__URL is the kiosk's [server] url
            data[key] = _plain(key, text)
            places[key] = f"${name}"
    try:
        # As JSON and strict: in TOML "5" is a text and no number.
        return Settings.model_validate_json(json.dumps(data, default=str), strict=True)
    except ValidationError as error:
        raise SettingsError(
            *(_fault(detail, places) for detail in error.errors(include_url=False))
        ) from error


def replaced(settings: Settings, **values: object) -> Settings:
    """Return ``settings`` with some keys given at the command line. Raises SettingsError."""
    try:
        return Settings.model_validate({**settings.model_dump(), **values})
    except ValidationError as error:
        places = {key: f"--{key.replace('_', '-')}" for key in values}
        raise SettingsError(
            *(_fault(detail, places) for detail in error.errors(include_url=False))
        ) from error


def require_secret(chosen: Settings) -> None:
    """Raise SettingsError where alerts would go out unsigned."""
    if chosen.webhook_urls and not chosen.webhook_secret:
        raise SettingsError("webhook_secret is empty; with webhook_urls it needs 16 to 200 characters")


def _plain(key: str, text: str) -> Any:
    """The environment knows only texts: make of ``text`` what the key holds. A list is written with commas."""
    field = Settings.model_fields.get(key)
    if field is None:
        return text
    if get_origin(field.annotation) is tuple:
        return [part.strip() for part in text.split(",") if part.strip()]
    if field.annotation in (int, float):
        try:
            return TypeAdapter[Any](field.annotation).validate_python(text)
        except ValidationError:
            return text  # refused below, with its place
    return text


def _fault(detail: Any, places: Mapping[str, str]) -> str:
    key = str(detail["loc"][0])
    if detail["type"] == "extra_forbidden":
        return f"{places[key]}: {key} is not a known key; allowed: {', '.join(Settings.model_fields)}"
    return f"{places.get(key, '')}: {key} = {detail['input']!r}: {detail['msg']}"
