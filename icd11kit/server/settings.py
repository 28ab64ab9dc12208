"""What a server is told at its start."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_address

from icd11kit.postcoordination.issues import Mode


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may ask for: bytes, characters, codes and seconds.

    `seconds` is what a client has to send a request, and the server to answer it.
    `batch` counts entries; of their answers those are given that `batch_answer` bytes hold.
    `connections` is how many a process keeps open at once.
    """

    body: int = 1_000_000
    query: int = 8_000
    cluster: int = 1_000
    expansion: int = 10_000
    batch: int = 200
    batch_answer: int = 20_000_000
    seconds: float = 20.0
    connections: int = 900


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
    token: str = field(default="", repr=False)
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

    @property
    def url(self) -> str:
        """Where a browser on this machine finds the server.

        >>> Settings(host="0.0.0.0", port=80).url, Settings(host="::1", port=80).url
        ('http://127.0.0.1:80', 'http://[::1]:80')
        """
        host = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(self.host, self.host)
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"
