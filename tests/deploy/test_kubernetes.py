"""The chart's values and the image: linted, every key one that the chart has, every file there.

The chart itself is not here, so this knows the keys that are used, as the schema of chart 4.4 has
them; a key of another name or kind fails. docs/classroom.md says what was tried with the chart.
"""

import re
import subprocess
import sys
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT
from tls13lab import __version__

FOLDER = ROOT / "deploy" / "kubernetes"
VALUES = yaml.safe_load((FOLDER / "values.yaml").read_text())
DOCKERFILE = (FOLDER / "Dockerfile").read_text()

QUANTITY, FILLED = r"\d+(\.\d+)?([KMGT]i?)?", r"\S+"
USED: dict[str, Any] = {
    "hub": {
        # Free in the chart's schema: what JupyterHub's classes are configured with.
        "config": dict,
        "services": {"collect": {}},
        "loadRoles": {"collect": {"services": list, "scopes": list}},
    },
    "proxy": {"https": {"enabled": bool, "hosts": list, "letsencrypt": {"contactEmail": FILLED}}},
    "singleuser": {
        "image": {"name": FILLED, "tag": FILLED},
        "cmd": list,
        "defaultUrl": r"/lab\S*",
        "memory": {"guarantee": QUANTITY, "limit": QUANTITY},
        "cpu": {"guarantee": float, "limit": int},
        "extraEnv": {"OPENBLAS_NUM_THREADS": r"\d+"},
        "storage": {"capacity": QUANTITY},
        "startTimeout": int,
        "networkPolicy": {"egressAllowRules": {"nonPrivateIPs": bool}},
    },
    "cull": {"enabled": bool, "timeout": int, "every": int},
}


def faults(value: Any, expected: Any, path: str = "") -> list[str]:
    """Where the values are not of the shape that is expected."""
    if isinstance(expected, dict):
        if not isinstance(value, dict):
            return [f"{path}: not a table"]
        unknown = [f"{path}.{key}: no such key" for key in value if key not in expected]
        known = (key for key in value if key in expected)
        return unknown + [
            f for key in known for f in faults(value[key], expected[key], f"{path}.{key}")
        ]
    if isinstance(expected, str):
        fits = isinstance(value, str) and re.fullmatch(expected, value) is not None
    else:
        fits = type(value) is expected
    return [] if fits else [f"{path}: {value!r}"]


def test_it_has_no_key_that_the_chart_would_not_know() -> None:
    assert faults(VALUES, USED) == []


def test_the_check_of_keys_can_fail() -> None:
    wrong = {"singleuser": {"memry": {}, "memory": {"limit": 2}, "cpu": 2}, "cull": {"every": "5"}}
    assert len(faults(wrong, USED)) == 4


def test_yaml_is_clean() -> None:
    command = [sys.executable, "-m", "yamllint", "--strict", "-d"]
    command += ["{extends: default, rules: {document-start: disable, line-length: {max: 100}}}"]
    done = subprocess.run([*command, str(FOLDER)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_nobody_comes_in_by_the_charts_own_default() -> None:
    """Which is an authenticator that lets in anybody who types a name."""
    config = VALUES["hub"]["config"]
    assert config["JupyterHub"] == {"authenticator_class": "lti13", "admin_access": False}
    assert config["LTI13Authenticator"]["issuer"] == "FILL-IN"
    assert VALUES["proxy"]["https"]["enabled"]


def test_limits_are_those_of_binder_and_of_the_plain_hub() -> None:
    plain = (ROOT / "deploy/jupyterhub/jupyterhub_config.py").read_text()
    (memory,) = re.findall(r'MEMORY, PROCESSORS = "(\w+)", 2\.0', plain)
    assert VALUES["singleuser"]["memory"] == {"guarantee": "1G", "limit": memory}
    assert VALUES["singleuser"]["cpu"]["limit"] == 2


def test_a_container_starts_as_the_plain_hub_does() -> None:
    command = VALUES["singleuser"]["cmd"]
    prefix = re.search(r"install\.sh (\S+)", DOCKERFILE)
    assert prefix
    share = f"{prefix[1]}/share/tls13lab"
    assert command[:4] == [
        f"{prefix[1]}/bin/python",
        f"{share}/deploy/place.py",
        f"--from={share}/notebooks",
        "--",
    ]


def test_what_the_image_copies_is_there_and_has_no_solutions() -> None:
    copied = [
        one for line in re.findall(r"(?m)^COPY (.+) \S+$", DOCKERFILE) for one in line.split()
    ]
    made = {"build/nbgrader/release/tls13lab"}
    assert made <= set(copied)
    for name in set(copied) - made:
        assert (ROOT / name).exists(), name
    assert not {"coursework", "tests", ".", "build"} & {one.rstrip("/") for one in copied}


@pytest.mark.parametrize("name", ["jupyterhub", "tls13lab"])
def test_versions_agree(name: str) -> None:
    """The server in the image is of the hub's series; the image's tag is the package's version."""
    if name == "jupyterhub":
        (version,) = re.findall(
            r"(?m)^jupyterhub==(\d+\.\d+)", (ROOT / "requirements.txt").read_text()
        )
        assert f"has JupyterHub {version})" in (FOLDER / "values.yaml").read_text()
    else:
        assert VALUES["singleuser"]["image"]["tag"] == __version__
