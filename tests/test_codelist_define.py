"""The definition: pieces that tell stems apart, subtrees that hold what is inside, sides."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icd11kit.crosswalk.mapping import Relation, codes_of
from icd11kit.transition.codelist.items import make_items
from icd11kit.transition.codelist.sides import take_sides
from icd11kit.transition.codelist.stems import Choice, join, pieces_of, tell_apart
from icd11kit.transition.codelist.subtrees import Side, Subtree, smallest_subtrees
from icd11kit.transition.codelist.values import Item, Pattern
from icd11kit.transition.codelist.world import Node, Tree, Way, World, build_tree, by_stem
from icd11kit.tree import places
from icd11kit.vocabulary import Residual

LEFT, RIGHT, CLOSED, OPEN = "XK8G", "XK9K", "XJ44E", "XJ7YM"


def says(text: str, pattern: str) -> bool:
    return codes_of(pattern) <= codes_of(text)


def clusters(stem: str, *ends: str) -> list[str]:
    return [stem + end for end in ends]


@pytest.mark.parametrize(
    "target", ["5A11", "NC72&XK8G", "5A11/GB61.Z", "5A11&XS25/9B71.0Z&XK8G/8C03.0"]
)
def test_pieces_join_to_the_cluster_they_are_of(target: str) -> None:
    assert join(target.split("&")[0].split("/")[0], pieces_of(target)) == target


def test_a_stem_of_its_own_needs_no_pieces() -> None:
    members = clusters("NC72", f"&{LEFT}", f"&{RIGHT}")
    assert tell_apart("NC72", members, [], says) == (Choice((), (), tuple(members)),)


def test_what_all_members_say_and_no_other_is_the_pattern() -> None:
    members = clusters("NC72", f"&{CLOSED}&{LEFT}", f"&{OPEN}&{LEFT}")
    others = clusters("NC72", "", f"&{CLOSED}&{RIGHT}", f"&{OPEN}")
    (choice,) = tell_apart("NC72", members, others, says)
    assert (choice.pieces, choice.exceptions) == ((f"&{LEFT}",), ())


def test_two_pieces_where_one_is_not_enough() -> None:
    members = clusters("NC72", f"&{CLOSED}&{LEFT}")
    others = clusters("NC72", f"&{CLOSED}&{RIGHT}", f"&{OPEN}&{LEFT}")
    (choice,) = tell_apart("NC72", members, others, says)
    assert choice.pieces == (f"&{CLOSED}", f"&{LEFT}")


def test_further_stems_are_pieces_with_or_without_their_own() -> None:
    members = clusters("5A11", f"/9B71.0Z&{LEFT}", f"/9B71.0Z&{RIGHT}", "/GB61.Z")
    found = tell_apart("5A11", members, clusters("5A11", "", "/8C03.0"), says)
    assert {choice.pieces for choice in found} == {("/9B71.0Z",), ("/GB61.Z",)}


def test_what_others_add_is_excepted_where_members_say_less() -> None:
    others = clusters("5A11", "/GB61.Z", f"/9B71.0Z&{LEFT}", "/9B71.0Z")
    (choice,) = tell_apart("5A11", ["5A11"], others, says)
    assert choice.pieces == ()
    assert sorted(choice.exceptions) == [("/9B71.0Z",), ("/GB61.Z",)]


def test_one_choice_with_an_exception_beats_many_without() -> None:
    ends = ["", "&XA1", "&XA2", "&XA3"]
    found = tell_apart("NC72", clusters("NC72", *ends), clusters("NC72", "&XA9"), says)
    assert found == (Choice((), (("&XA9",),), tuple(clusters("NC72", *ends))),)


CODES = [f"X{letter}" for letter in "ABCD"]
SETS = st.sets(st.frozensets(st.sampled_from(CODES), max_size=3), min_size=1, max_size=10)


@given(SETS, st.randoms())
def test_choices_find_all_members_and_no_other(sets: set[frozenset[str]], random: object) -> None:
    texts = sorted("".join(["S", *(f"&{code}" for code in sorted(each))]) for each in sets)
    cut = len(texts) // 2
    random.shuffle(texts)  # type: ignore[attr-defined]
    members, others = texts[: cut + 1], texts[cut + 1 :]

    def is_found(text: str) -> bool:
        return any(
            says(text, join("S", choice.pieces))
            and not any(says(text, join("S", exception)) for exception in choice.exceptions)
            for choice in tell_apart("S", members, others, says)
        )

    assert all(map(is_found, members))
    assert not any(map(is_found, others))


def tree_of(*rows: str) -> Tree:
    """Return the tree of lines such as `1 A0` or `2 A0.Z`; a label in brackets is a block."""
    split = [row.split() for row in rows]
    found = places([int(depth) for depth, _ in split])
    return build_tree(
        Node(
            place.pre, place.last, place.parent, label.strip("()"), label, label[0] != "(",
            Residual.UNSPECIFIED if label.endswith("Z") else Residual.NONE,
        )
        for place, (_, label) in zip(found, split, strict=True)
    )  # fmt: skip


TREE = tree_of(
    "0 (01)", "1 (B)", "2 A0", "3 A0.0", "3 A0.1", "3 A0.2", "3 A0.3", "3 A0.Z", "2 A1", "2 A2",
    "2 AZ",
    "1 (C)", "2 C0", "2 C1",
)  # fmt: skip


def subtrees(inside: str, outside: str = "", share: float = 0.2) -> list[str]:
    out = set(outside.split())
    held = [TREE.places[code] for code in inside.split()]

    def side(node: Node) -> Side:
        if node.pre in held:
            return Side.IN
        return Side.OUT if node.label in out else Side.NEITHER

    return [
        " -".join(TREE.nodes[place].label for place in (each.root, *each.exceptions))
        for each in smallest_subtrees(TREE, held, side, share)
    ]


@pytest.mark.parametrize(
    ("inside", "outside", "share", "wanted"),
    [
        ("A0.0", "", 0.2, ["A0.0"]),
        ("A0.0 A0.1 A0.2 A0.3 A0.Z", "", 0.2, ["A0"]),
        ("A0.0 A0.1 A0.2 A0.Z", "A0.3", 0.2, ["A0 -A0.3"]),
        ("A0.0 A0.1 A0.2 A0.Z", "A0.3", 0.1, ["A0.0", "A0.1", "A0.2", "A0.Z"]),
        ("A0.0 A0.1 A0.2 A0.3", "A0.Z", 0.5, ["A0.0", "A0.1", "A0.2", "A0.3"]),
        ("A0.0 A0.1 A0.2", "", 0.2, ["A0"]),
        ("A0.0 A0.1", "", 0.2, ["A0.0", "A0.1"]),
        ("A0.0 A0.1 A0.2 A0.3 A0.Z A1 A2 AZ", "", 0.2, ["B"]),
        ("A0.0 A0.1 A0.2 A0.3 A0.Z A1 A2", "AZ C0", 0.2, ["B -AZ"]),
        ("A0.0 A0.1 A0.2 A0.3 A0.Z A1 A2 AZ C0 C1", "", 0.2, ["01"]),
    ],
)
def test_subtrees_are_as_few_as_they_can_be(
    inside: str, outside: str, share: float, wanted: Sequence[str]
) -> None:
    assert subtrees(inside, outside, share) == wanted


def test_a_code_with_others_below_can_stand_for_itself() -> None:
    place = TREE.places["A0"]
    found = smallest_subtrees(TREE, [place], lambda node: Side.NEITHER, 0.2)
    assert found == (Subtree(place, (), is_own=True),)


@given(st.lists(st.sampled_from("ion"), min_size=10, max_size=10), st.sampled_from([0.0, 0.2, 0.5]))
def test_subtrees_hold_all_inside_and_nothing_outside(sides: list[str], share: float) -> None:
    leaves = [node for node in TREE.nodes.values() if node.is_leaf]
    by_place = {leaf.pre: letter for leaf, letter in zip(leaves, sides, strict=True)}
    held = [pre for pre, letter in by_place.items() if letter == "i"]
    names = {"i": Side.IN, "o": Side.OUT, "n": Side.NEITHER}
    found = smallest_subtrees(TREE, held, lambda n: names[by_place.get(n.pre, "n")], share)
    covered = [
        pre
        for subtree in found
        for pre in range(subtree.root, TREE.nodes[subtree.root].last + 1)
        if not any(e <= pre <= TREE.nodes[e].last for e in subtree.exceptions)
    ]
    assert len(covered) == len(set(covered))
    assert set(held) <= set(covered)
    assert not [pre for pre in covered if by_place.get(pre) == "o"]
    assert sum(1 + len(subtree.exceptions) for subtree in found) <= len(held)


def define(
    targets: dict[str, str], members: str, back: dict[str, tuple[str, Relation]]
) -> dict[str, Item]:
    ways = {code: Way(*way) for code, way in back.items()}
    world = World(targets, by_stem(targets), ways, TREE)
    listed = members.split()
    sides = take_sides(
        world, listed.__contains__, lambda target, sources: bool(set(sources) & set(listed)), says
    )
    items = make_items(sides, 0.2, lambda text: True, lambda text: text)
    return {item.text: item for item in items}


NARROW, RELATED = Relation.NARROW, Relation.RELATED


def test_codes_led_back_to_a_member_belong_and_others_do_not() -> None:
    targets = {"I1": "A0.0", "I2": "A0.1", "I9": "C0"}
    back = {"A0.2": ("I1", NARROW), "A0.3": ("I1", RELATED), "A1": ("I1", RELATED),
            "C1": ("I2", NARROW)}  # fmt: skip
    found = define(targets, "I1 I2", back)
    assert list(found) == ["A0", "C1"]
    assert found["A0"].codes == ("A0.0", "A0.1", "A0.2", "A0.3", "A0.Z")
    assert found["A0"].members == ("I1", "I2")


def test_an_unspecified_code_led_back_begins_no_part() -> None:
    assert list(define({"I1": "A0.0"}, "I1", {"AZ": ("I1", NARROW)})) == ["A0.0"]


def test_codes_nothing_is_known_of_fall_to_the_unspecified_of_their_group() -> None:
    assert list(define({"I1": "A0.Z"}, "I1", {})) == ["A0"]
    found = define({"I1": "A0.0", "I2": "A0.Z"}, "I1", {})
    assert list(found) == ["A0.0"]


def test_a_stem_that_leads_back_outside_needs_its_pieces() -> None:
    found = define({"I1": f"A1&{LEFT}", "I2": "C0"}, "I1", {"A1": ("I2", NARROW)})
    assert list(found) == [f"A1&{LEFT}"]
    assert found[f"A1&{LEFT}"].patterns == (Pattern(f"A1&{LEFT}"),)


def test_what_leads_back_to_a_member_told_by_its_pieces_gets_them() -> None:
    targets = {"L": f"A0.0&{LEFT}", "R": f"A0.0&{RIGHT}"}
    found = define(targets, "L", {"A0.1": ("L", NARROW), "A0.2": ("R", NARROW)})
    assert list(found) == [f"A0&{LEFT}"]
    assert found[f"A0&{LEFT}"].members == ("L",)


def test_siblings_with_the_same_pieces_become_a_subtree_with_them() -> None:
    stems = ["A0.0", "A0.1", "A0.2", "A0.3", "A0.Z"]
    targets = {f"L{n}": f"{stem}&{LEFT}" for n, stem in enumerate(stems)}
    targets |= {f"R{n}": f"{stem}&{RIGHT}" for n, stem in enumerate(stems)}
    found = define(targets, "L0 L1 L2 L3 L4", {})
    assert list(found) == [f"A0&{LEFT}"]
    assert found[f"A0&{LEFT}"].codes == tuple(f"{stem}&{LEFT}" for stem in stems)


def test_unspecified_alone_is_found_as_its_parent_without_the_others() -> None:
    targets = {"I1": "A0.Z"} | {f"I{n}9": f"A0.{n}" for n in range(4)}
    found = define(targets, "I1", {})
    assert found["A0.Z"].patterns == (Pattern("A0", ("A0.0", "A0.1", "A0.2", "A0.3")),)


def test_a_block_is_found_by_the_codes_below_it() -> None:
    targets = {
        f"I{n}": code for n, code in enumerate(["A0.0", "A0.1", "A0.2", "A0.3", "A0.Z", "A1", "A2"])
    }
    found = define({**targets, "I9": "AZ"}, " ".join(targets), {})
    assert found["B"].exceptions == ("AZ",)
    assert found["B"].patterns == (Pattern("A0"), Pattern("A1"), Pattern("A2"))
