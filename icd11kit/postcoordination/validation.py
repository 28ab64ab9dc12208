"""The verdict on a cluster: findings at once, all else worked out when it is asked for."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from icd11kit.errors import ClusterSyntaxError
from icd11kit.postcoordination.grammar import Cluster, parse_cluster
from icd11kit.postcoordination.issues import Issue, Mode, Severity
from icd11kit.postcoordination.reading import Reading

if TYPE_CHECKING:
    from icd11kit.postcoordination.entries import Entry
    from icd11kit.postcoordination.screen import Screen
    from icd11kit.postcoordination.show import Binding


class Reader(Protocol):
    """What puts a cluster into a release's words; a validator does."""

    release: str

    def read(self, cluster: Cluster) -> Reading: ...

    def canonical(self, reading: Reading) -> str: ...

    def display(self, reading: Reading) -> str: ...


class Validation:
    """What is to be said of a cluster: valid where no finding is an error in the mode.

    Canonical form, display and bindings are worked out when they are first asked for.
    """

    __slots__ = ("_reader", "_reading", "_screen", "input", "issues", "mode")
    _fields = (
        "input", "valid", "mode", "canonical", "display", "bindings", "issues", "release"
    )  # fmt: skip

    def __init__(
        self,
        reader: Reader,
        text: str,
        mode: Mode,
        issues: tuple[Issue, ...] = (),
        screen: Screen | None = None,
    ) -> None:
        self._reader, self._screen = reader, screen
        self._reading: Reading | None = None
        self.input, self.mode, self.issues = text, mode, issues

    @property
    def valid(self) -> bool:
        """Whether no finding is an error in the mode."""
        return not self.issues or all(i.severity is not Severity.ERROR for i in self.issues)

    @property
    def is_plain(self) -> bool:
        """Whether the text is known to be codes as they are written, joined by single operators."""
        return self._screen is not None

    @property
    def plain_entry(self) -> Entry | None:
        """The entry of a text that is known to be one code as it is written, None for others."""
        return None if self._screen is None else self._screen.entry(self.input)

    @property
    def release(self) -> str:
        """The release the verdict rests on."""
        return self._reader.release

    @property
    def reading(self) -> Reading | None:
        """The cluster looked up, None where the text has no form of one."""
        if self._reading is None:
            with suppress(ClusterSyntaxError):
                self._reading = self._reader.read(parse_cluster(self.input))
        return self._reading

    @property
    def canonical(self) -> str:
        """The cluster in one form, "" where a part names nothing."""
        return self._reader.canonical(self.reading) if self.reading else ""

    @property
    def display(self) -> str:
        """The cluster in words, "" where the text has no form of one."""
        if self._screen is not None:
            return self._screen.display(self.input)
        return self._reader.display(self.reading) if self.reading else ""

    @property
    def bindings(self) -> tuple[Binding, ...]:
        """Which value stands on which axis."""
        from icd11kit.postcoordination.show import bindings

        return bindings(self.reading) if self.reading else ()
