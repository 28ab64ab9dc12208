"""Codes chosen from classifications: all of one, below a concept, by property, on a scale, listed.

A `Selection` is made of parts, each of one edition; `members_of` lists it, `has_member` asks it
of one code or cluster, `find_members` searches in it.
"""

from icd11kit.valuesets.conditions import Clause, Condition, make_clause
from icd11kit.valuesets.members import (
    Choice,
    Part,
    Selection,
    count_members,
    has_member,
    members_of,
    read_members,
)
from icd11kit.valuesets.scales import find_scale
from icd11kit.valuesets.searched import find_members

__all__ = [
    "Choice",
    "Clause",
    "Condition",
    "Part",
    "Selection",
    "count_members",
    "find_members",
    "find_scale",
    "has_member",
    "make_clause",
    "members_of",
    "read_members",
]
