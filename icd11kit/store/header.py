"""The first hundred bytes of a store file: what tells a whole store of this version from others."""

from __future__ import annotations

import os

from icd11kit.errors import StoreError
from icd11kit.store.schema import APPLICATION_ID, SCHEMA_VERSION

REPAIR = "install it again with `icd11kit install`"
_MAGIC = b"SQLite format 3\0"


def check_header(path: str) -> None:
    """Raise StoreError, with the repair, where a file is no whole store of this version."""
    try:
        with open(path, "rb") as stream:
            header = stream.read(100)
        size = os.stat(path).st_size
    except OSError as error:
        raise StoreError(path, f"the store cannot be read ({error.strerror}); {REPAIR}") from None
    number = {
        "application": int.from_bytes(header[68:72]),
        "version": int.from_bytes(header[60:64]),
        "pages": int.from_bytes(header[28:32]),
        "page": int.from_bytes(header[16:18]),
    }
    if (
        len(header) < 100
        or not header.startswith(_MAGIC)
        or number["application"] != APPLICATION_ID
    ):
        raise StoreError(path, f"the file is damaged or no store of icd11kit; {REPAIR}")
    if number["version"] > SCHEMA_VERSION:
        raise StoreError(path, "the store was made by a newer icd11kit; upgrade the package")
    if number["version"] < SCHEMA_VERSION:
        raise StoreError(path, f"the store was made by an older icd11kit; {REPAIR}")
    if size != number["pages"] * (65536 if number["page"] == 1 else number["page"]):
        raise StoreError(path, f"the store is cut off or has grown; {REPAIR}")
