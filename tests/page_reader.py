"""A page in HTML as tests look at it."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"meta", "br", "rect", "path"}


class Page(HTMLParser):
    """What a test looks at: elements with attributes, text, tables by their captions."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.tables: dict[str, list[list[str]]] = {}
        self._rows: list[list[str]] = []
        self._caption = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "table":
            self._rows, self._caption = [], ""
        elif tag == "tr":
            self._rows.append([])
        elif tag in ("td", "th"):
            self._rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        if tag == "table":
            self.tables[self._caption.strip()] = self._rows

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        plain = data.replace("\u202f", " ")
        if "caption" in self.open:
            self._caption += plain
        elif {"td", "th"} & set(self.open):
            self._rows[-1][-1] += plain
        if "style" not in self.open:
            self.text += plain

    def rows(self, caption: str) -> list[list[str]]:
        """Return the rows below the head of the table whose caption begins like this."""
        found = next(rows for name, rows in self.tables.items() if name.startswith(caption))
        return [[" ".join(cell.split()) for cell in row] for row in found[1:]]
