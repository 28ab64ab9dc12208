"""Check ICD-11 clusters, one a line: a JSON verdict each; exit 1 if one of them is not valid.

python examples/validate_clusters.py clusters.txt
echo "5A11&XK8G" | python examples/validate_clusters.py
"""

from __future__ import annotations

import fileinput
import json
import sys

import icd11kit


def main() -> int:
    """Print a verdict a line, and return the exit code."""
    bad = 0
    with icd11kit.open() as icd, fileinput.input(encoding="utf-8") as lines:
        for cluster in filter(None, map(str.strip, lines)):
            found = icd.validate(cluster)
            issues = [issue._asdict() for issue in found.issues]
            told = {"valid": found.valid, "canonical": found.canonical, "issues": issues}
            print(json.dumps({"cluster": cluster, **told, "release": found.release}))
            bad += not found.valid
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
