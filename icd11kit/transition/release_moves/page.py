"""The moves of stored codes as one page that opens offline. Needs the extra `report` (Jinja)."""

from __future__ import annotations

from icd11kit.counts import count
from icd11kit.transition.pages import get_page
from icd11kit.transition.release_moves import words as words
from icd11kit.transition.release_moves.measure import work_list
from icd11kit.transition.release_moves.values import ASKS, MEANS, Action, ReleaseMoves

MOST = 200


def format_page(moves: ReleaseMoves, command: str) -> str:
    """Return the page: self-contained, without script, for light and dark, wide and narrow."""
    work = work_list(moves.moves)
    by_action = [(action, [m for m in work if m.action is action]) for action in Action]
    page = get_page("release_moves.html.j2", count=count)
    return page.render(
        moves=moves, command=command, most=MOST,
        sentences=list(words.sentences(moves)), remarks=list(words.remarks(moves)),
        work=[(action, ASKS[action], found) for action, found in by_action if found],
        means={kind.value: meaning for kind, meaning in MEANS.items()},
        bars=[(each, _SHADES[each.name]) for each in moves.actions if each.volume],
        percent=words.percent, reasons=words.reasons,
        candidates=words.candidates, to_do=words.TO_DO, titles=words.titles,
    )  # fmt: skip


_SHADES = {
    Action.DECIDE.value: "apart", Action.LOOK.value: "near", Action.REPLACE.value: "same",
    Action.KEEP.value: "same",
}  # fmt: skip
