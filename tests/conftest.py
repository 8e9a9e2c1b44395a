"""What every test shares: which outside programs it needs, and what happens where one is missing.

A test that needs a real program says so with a marker (``openssl``, ``browser``, ``registry``) or
asks for it by name with :func:`require_tool`. On a student's machine such a test is skipped with
the reason. Where the environment says ``CI`` it fails instead, so that a green run there means
that everything ran.
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parent.parent
IN_CI = os.environ.get("CI", "").lower() not in ("", "0", "false")

if not IN_CI:  # in CI, Hypothesis takes its own repeatable profile
    # A slow or busy machine is no failure; the tests that care about time measure it themselves.
    settings.register_profile("tls13lab", deadline=None)
    settings.load_profile("tls13lab")


def missing(reason: str) -> None:
    """Skip the running test for ``reason``, or fail it where nothing may be missing: in CI."""
    if IN_CI:
        pytest.fail(f"required in CI: {reason}", pytrace=False)
    pytest.skip(reason)


def require_tool(name: str) -> str:
    """The path of the program ``name``; without it the test is skipped, or fails in CI."""
    path = shutil.which(name)
    if path is None:
        missing(f"the program {name!r} is not on this machine")
    assert path is not None
    return path


@pytest.fixture(name="require_tool", scope="session")
def require_tool_fixture() -> Callable[[str], str]:
    """:func:`require_tool` for tests that would rather ask for it than import it."""
    return require_tool


@pytest.fixture(scope="session")
def project_root() -> Path:
    return ROOT


def find_chromium() -> str | None:
    """The browser: ``$PLAYWRIGHT_CHROMIUM``, or the first Chromium or Chrome on the PATH."""
    from tls13lab.cli.doctor import CHROMIUM

    candidates = (os.environ.get("PLAYWRIGHT_CHROMIUM"), *map(shutil.which, CHROMIUM))
    return next((candidate for candidate in candidates if candidate), None)


def chromium() -> str:
    """The same for a test: without it the test is skipped, or fails in CI."""
    path = find_chromium()
    if path is None:
        missing("no Chromium on the PATH (or name one in PLAYWRIGHT_CHROMIUM)")
    assert path is not None
    return path


def require_real_openssl() -> None:
    """OpenSSL 3 or later: LibreSSL answers to the same name on macOS, and has no TLS 1.3 PSKs."""
    answer = subprocess.run(
        [require_tool("openssl"), "version"], capture_output=True, text=True, check=False
    ).stdout
    if not answer.startswith("OpenSSL ") or int(answer.split()[1].split(".")[0]) < 3:
        missing(f"needs OpenSSL 3 or later, and this is {answer.strip() or 'silent'!r}")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Turn the markers into requirements."""
    if item.get_closest_marker("openssl"):
        require_real_openssl()
    if item.get_closest_marker("browser"):
        chromium()
    if item.get_closest_marker("registry") and not (
        IN_CI or os.environ.get("TLS13LAB_REGISTRY") == "1"
    ):
        pytest.skip("installs packages from a registry: set TLS13LAB_REGISTRY=1 to run it")


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    """A browser for one file of tests."""
    from tests.browser.launched import launched  # which needs this file

    with launched() as browser:
        yield browser
