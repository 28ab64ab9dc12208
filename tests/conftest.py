"""What several tests share: real files where they are at hand, homes, the starter set."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

import icd11kit
from icd11kit.terminology import Terminology
from tests.running_server import Server, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.api_client import ApiClient

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("ICD11KIT_TEST_DATA", ROOT.parent / "shared" / "data"))

settings.register_profile(
    "busy machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("busy machine")  # how long an example takes is no matter of these tests


@pytest.fixture(scope="session", autouse=True)
def session_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keep every test away from the user's own releases."""
    home = tmp_path_factory.mktemp("home")
    os.environ["ICD11KIT_HOME"] = str(home)
    return home


@pytest.fixture(scope="session")
def starter(session_home: Path) -> Terminology:
    """The terminology over the starter set."""
    return icd11kit.open(session_home)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home of the test's own, in the environment too."""
    monkeypatch.setenv("ICD11KIT_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of WHO's real files; without it the test is skipped."""
    if not DATA.is_dir():
        pytest.skip(f"WHO's real files are not at hand in {DATA} (set ICD11KIT_TEST_DATA)")
    return DATA


@pytest.fixture(scope="session")
def released(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with three real releases, built once."""
    from icd11kit.installation import install
    from icd11kit.sources.obtain import Wanted

    place = tmp_path_factory.mktemp("released")
    for names in (
        ("mms/SimpleTabulation-ICD-11-MMS-en_2025-01.xlsx", "maps/2024-01/mapping.zip"),
        ("mms/SimpleTabulation-ICD-11-MMS-en_2024-01.zip", "maps/2024-01/mapping.zip"),
        ("mms/SimpleTabulation-ICD-11-MMS-en_2022-02.zip", "icf"),
        ("mms/SimpleTabulation-ICD-11-MMS-es_2024-01.zip",),
    ):
        install(Wanted(sources=tuple(str(shared_data / name) for name in names)), place)
    return place


@pytest.fixture(scope="session")
def starter_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server over the starter set."""
    with serving(tmp_path_factory.mktemp("starter") / "home") as server:
        yield server


@pytest.fixture(scope="session")
def released_server(released: Path) -> Iterator[Server]:
    """A server over real releases: MMS 2025-01, 2024-01 (en, es), 2022-02, ICF, ICD-10-CM."""
    with serving(released, "--timeout", "100") as server:  # the first mapping loads much
        yield server


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a window; without it the test is skipped."""
    from tests.workbench_page import browsing

    with browsing() as started:
        yield started


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> ApiClient:
    """The ICD-API over the starter set, in this process."""
    from tests.api_client import api_client

    return api_client(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def real(released: Path) -> ApiClient:
    """The ICD-API over real releases, in this process."""
    from tests.api_client import api_client

    return api_client(released)


@pytest.fixture(scope="module")
def root(starter: Terminology) -> str:
    """The path of the starter set's release in the ICD-API."""
    return f"/icd/release/11/{starter.release}/mms"
