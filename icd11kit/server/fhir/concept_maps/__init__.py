"""ConceptMap: the ways between systems, and what a code is at their other end."""
