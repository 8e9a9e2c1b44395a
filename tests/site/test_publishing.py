"""The workflow that publishes the site calls what there is, and sends where it is."""

import re

import run
from pages.build import SITE
from pages.launch import Doors
from tests.conftest import ROOT

WORKFLOW = (ROOT / ".github/workflows/pages.yml").read_text(encoding="utf-8")


def test_it_calls_commands_of_run_py() -> None:
    called = set(re.findall(r"python3 run\.py (\w+)", WORKFLOW)) - {"help"}
    known = set(re.findall(r"^  (\w+)  +\w", run.HELP, re.M))
    assert "site" in called & known
    # The other is asked for only where it is there.
    assert called - known <= set(re.findall(r"grep -q '\^  (\w+) '", WORKFLOW))


def test_it_publishes_the_folder_that_is_built_with_the_lab_where_its_links_lead() -> None:
    folder = SITE.relative_to(ROOT).as_posix()
    assert f"path: {folder}\n" in WORKFLOW
    (lite,) = re.findall(r"TLS13LAB_LITE: (\S+)", WORKFLOW)
    assert f"cp -r build/lite {folder}/{lite.rstrip('/')}\n" in WORKFLOW
    assert Doors.of({"TLS13LAB_LITE": lite}).lite_lab == "lite/lab/index.html"
