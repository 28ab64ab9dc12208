"""What a server is told at its start, and how its worker processes are told the same."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from ipaddress import ip_address

from icd11kit.postcoordination.issues import Mode

_VARIABLE = "ICD11KIT_SERVER"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may ask for: bytes, characters, codes and seconds."""

    body: int = 1_000_000
    query: int = 8_000
    cluster: int = 1_000
    expansion: int = 10_000
    batch: int = 200
    seconds: float = 20.0


@dataclass(frozen=True, slots=True)
class Settings:
    """Where answers come from, who may ask, and how much.

    `origins` are the web pages that may call from elsewhere (CORS). `mode` is how strictly
    FHIR's $validate-code judges where a request does not say. `token` is "" for none.
    """

    home: str | None = None
    release: str = ""
    language: str = ""
    host: str = "127.0.0.1"
    port: int = 8011
    mode: Mode = Mode.STRICT
    token: str = ""
    origins: tuple[str, ...] = ()
    log: bool = True
    limits: Limits = field(default_factory=Limits)

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine reaches the server."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False


def hand_on(settings: Settings) -> None:
    """Write the settings where worker processes find them: into the environment."""
    os.environ[_VARIABLE] = json.dumps(asdict(settings))


def handed_on() -> Settings:
    """Return the settings the process was started with, the defaults where there are none."""
    kept = json.loads(os.environ.get(_VARIABLE, "{}"))
    if not kept:
        return Settings()
    made = {**kept, "mode": Mode(kept["mode"]), "origins": tuple(kept["origins"])}
    return Settings(**{**made, "limits": Limits(**kept["limits"])})
