"""What the committed configurations say: safe where deployed, and every name in them a real one."""

import asyncio
import doctest
import importlib
import inspect
import resource
import socket
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from tests.conftest import ROOT

if sys.platform != "linux":
    pytest.skip("the hub runs on Linux", allow_module_level=True)

from jupyterhub import app, auth, proxy, spawner
from jupyterhub.authenticators.shared import SharedPasswordAuthenticator
from systemdspawner import SystemdSpawner

PLAIN = ROOT / "deploy" / "jupyterhub" / "jupyterhub_config.py"
TLJH = ROOT / "deploy" / "tljh" / "tls13lab.py"
SYSTEMD = Path("/run/systemd/system")


@pytest.fixture(autouse=True)
def clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of this machine's, and notebooks to hand out."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    for name in ("TRIAL", "ADDRESS", "GROUP"):
        monkeypatch.delenv(f"TLS13LAB_HUB_{name}", raising=False)
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "00.ipynb").touch()
    monkeypatch.setenv("TLS13LAB_HUB_NOTEBOOKS", str(tmp_path / "notebooks"))
    monkeypatch.setenv("TLS13LAB_HUB_STATE", str(tmp_path / "state"))


def load(path: Path = PLAIN) -> Any:
    return PyFileConfigLoader(path.name, path=str(path.parent)).load_config()


def with_systemd(monkeypatch: pytest.MonkeyPatch, there: bool) -> None:
    real = Path.is_dir
    monkeypatch.setattr(Path, "is_dir", lambda one: there if one == SYSTEMD else real(one))


def beside(name: str) -> Any:
    """A module beside the configuration, as that makes it importable."""
    sys.path.insert(0, str(PLAIN.parent))
    return importlib.import_module(name)


def limits() -> Any:
    return beside("limits")


def check_names(config: Config) -> None:
    """A name that no class has is silently ignored by Jupyter, so that a limit would be none."""
    classes: dict[str, Any] = {
        one.__name__: one
        for module in (app, auth, proxy, spawner, limits())
        for one in vars(module).values()
        if inspect.isclass(one) and hasattr(one, "class_traits")
    }
    classes |= {one.__name__: one for one in (SystemdSpawner, SharedPasswordAuthenticator)}
    for name, section in config.items():
        for trait in section:
            assert trait in classes[name].class_traits(config=True), f"{name}.{trait}"


@pytest.mark.parametrize("systemd", [True, False])
def test_deployed_it_asks_the_machine_who_is_who_and_listens_on_loopback(
    systemd: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_systemd(monkeypatch, systemd)
    c = load()
    check_names(c)
    assert c.JupyterHub.authenticator_class == "pam"
    assert c.PAMAuthenticator.allowed_groups == {"students"}
    assert "allow_all" not in c.Authenticator
    assert "SharedPasswordAuthenticator" not in c
    assert c.JupyterHub.bind_url == "http://127.0.0.1:8000"
    assert c.JupyterHub.hub_ip == "127.0.0.1"
    assert (c.Spawner.mem_limit, c.Spawner.cpu_limit) == ("2G", 2.0)
    assert "--allow-root" not in c.Spawner.args
    expected = "under_systemd.UnderSystemd" if systemd else "limits.AccountSpawner"
    assert c.JupyterHub.spawner_class == expected
    assert issubclass(app.JupyterHub(config=c).spawner_class, beside("held_port").HeldPort)


@pytest.mark.parametrize("address", ["http://0.0.0.0:8000", "http://:8000", "https://hub.example"])
def test_one_password_for_all_is_refused_beyond_loopback(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TLS13LAB_HUB_TRIAL", "a long password")
    monkeypatch.setenv("TLS13LAB_HUB_ADDRESS", address)
    with pytest.raises(SystemExit, match="only allowed on loopback"):
        load()


def test_the_trial_wants_a_password_and_its_names_are_real_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TLS13LAB_HUB_TRIAL", "a long password")
    c = load()
    check_names(c)
    assert c.SharedPasswordAuthenticator.user_password == "a long password"
    for short in ("", "seven77"):
        monkeypatch.setenv("TLS13LAB_HUB_TRIAL", short)
        with pytest.raises(SystemExit, match="eight characters"):
            load()


def test_without_notebooks_it_says_so_and_does_not_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TLS13LAB_HUB_NOTEBOOKS", str(tmp_path / "none"))
    with pytest.raises(SystemExit, match="No notebooks in"):
        load()


def test_the_collectors_key_is_made_once_and_is_the_hubs_alone(tmp_path: Path) -> None:
    first, second = (load().JupyterHub.services[-1]["api_token"] for _ in range(2))
    assert first == second
    assert len(first) == 64
    assert (tmp_path / "state" / "collect.token").stat().st_mode & 0o777 == 0o600


def test_no_student_is_one_of_the_systems_own_accounts() -> None:
    one = limits().AccountSpawner(user=SimpleNamespace(name="root", id=1, settings={}))
    with pytest.raises(PermissionError, match="account of the system"):
        asyncio.run(one.start())


def test_students_are_dealt_out_over_the_processors() -> None:
    dealt = limits().dealt_out
    assert dealt([0, 1], 2.0, 7) == set()
    assert dealt([], 2.0, 7) == set()
    assert dealt([3, 5, 9], None, 7) == set()
    hands = [dealt([0, 1, 2, 3, 4], 1.5, number) for number in range(5)]
    assert all(len(hand) == 2 for hand in hands)
    assert sorted(one for hand in hands for one in hand) == [one for one in range(5) for _ in "ab"]


def test_a_limit_that_is_lower_already_is_not_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[object] = []
    monkeypatch.setattr(resource, "setrlimit", lambda *what: told.append(what))
    for hard, expected in ((10, 10), (1000, 50), (resource.RLIM_INFINITY, 50)):
        monkeypatch.setattr(resource, "getrlimit", lambda kind, hard=hard: (0, hard))
        limits().lower(resource.RLIMIT_NPROC, 50)
        assert told.pop() == (resource.RLIMIT_NPROC, (expected, expected))


@pytest.mark.parametrize("name", ["held_port", "limits"])
def test_the_examples_are_true(name: str) -> None:
    found = doctest.testmod(beside(name))
    assert (found.failed, found.attempted > 0) == (0, True)


def student(kind: Any, number: int) -> Any:
    return kind(user=SimpleNamespace(name=f"student{number}", id=number, settings={}))


@pytest.mark.parametrize("name", ["limits.TrialSpawner", "under_systemd.UnderSystemd"])
def test_a_port_is_the_students_own_from_the_moment_it_is_chosen(name: str) -> None:
    module, _, kind = name.partition(".")
    spawner = student(getattr(beside(module), kind), 1)
    assert spawner.port == 0
    spawner.port = 4711  # as the hub's spawners do with whatever was free a moment ago
    assert spawner.port != 4711
    at = ("127.0.0.1", spawner.port)
    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind(at)
    with socket.create_server(at), socket.create_connection(at, timeout=120):
        pass  # create_server says SO_REUSEADDR, as the student's server does
    spawner.clear_state()
    with socket.socket() as other:
        other.bind(at)


def test_a_whole_lecture_hall_has_as_many_ports_as_students() -> None:
    hall = [student(limits().TrialSpawner, number) for number in range(300)]
    for one in hall:
        one.port = 4711
    assert len({one.port for one in hall}) == len(hall)
    for one in hall:
        one.clear_state()


def test_the_littlest_hub_gets_the_same_server_and_keeps_its_own_services(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TLJH_INSTALL_PREFIX", str(tmp_path))
    (tmp_path / "state").mkdir(exist_ok=True)
    # As TLJH's own configuration file goes before those of its folder.
    whole = tmp_path / "jupyterhub_config.py"
    whole.write_text(
        "c = get_config()\nc.JupyterHub.services = [{'name': 'cull-idle'}]\n"
        f"load_subconfig({str(TLJH)!r})\n"
    )
    own = type("UserCreatingSpawner", (SystemdSpawner,), {})
    monkeypatch.setitem(
        sys.modules, "tljh.user_creating_spawner", SimpleNamespace(UserCreatingSpawner=own)
    )
    monkeypatch.setitem(sys.modules, "tljh", SimpleNamespace())
    share = tmp_path / "user" / "share" / "tls13lab" / "deploy"
    share.mkdir(parents=True)
    (share / "jupyterhub").symlink_to(PLAIN.parent)  # where install.sh puts it
    c, plain = load(whole), load()
    assert [one["name"] for one in c.JupyterHub.services] == ["cull-idle", "collect"]
    assert c.Spawner.default_url == plain.Spawner.default_url
    assert c.Spawner.cmd[1:3] == [
        str(tmp_path / "user/share/tls13lab/deploy/place.py"),
        f"--from={tmp_path / 'user/share/tls13lab/notebooks'}",
    ]
    hub = app.JupyterHub(config=c)
    kinds = [one.__name__ for one in hub.spawner_class.__mro__[1:3]]
    assert kinds == ["HeldPort", "UserCreatingSpawner"]
    assert hub.load_roles[-1] == plain.JupyterHub.load_roles[-1]
