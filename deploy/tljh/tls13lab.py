"""For The Littlest JupyterHub: this file goes into ``/opt/tljh/config/jupyterhub_config.d/``.

It needs only the files that ``deploy/install.sh /opt/tljh/user`` installs. TLJH itself handles
limits, accounts and idle servers (``tljh-config``, see docs/classroom.md): systemd enforces the
limits, and each student has an account on the machine.
"""

import os
import secrets
import sys
from pathlib import Path

c = get_config()  # noqa: F821

TLJH = Path(os.environ.get("TLJH_INSTALL_PREFIX", "/opt/tljh"))  # as TLJH itself finds it
USERS, STATE = TLJH / "user", TLJH / "state"
SHARE = USERS / "share" / "tls13lab"

# TLJH's own spawner, which makes the student's account, with a port that is kept reserved.
sys.path.insert(0, str(SHARE / "deploy" / "jupyterhub"))
from held_port import HeldPort  # noqa: E402
from tljh.user_creating_spawner import UserCreatingSpawner  # noqa: E402


class HoldingSpawner(HeldPort, UserCreatingSpawner):
    """TLJH's spawner with a held port; its options in the configuration are TLJH's."""


c.JupyterHub.spawner_class = HoldingSpawner

c.Spawner.cmd = [str(USERS / "bin" / "python"), str(SHARE / "deploy" / "place.py")]
c.Spawner.cmd += [
    f"--from={SHARE / 'notebooks'}",
    "--",
    str(USERS / "bin" / "jupyterhub-singleuser"),
]
c.Spawner.args = ["--LanguageServerManager.autodetect=False"]
c.Spawner.default_url = "/lab/tree/tls13lab/00_start_here.ipynb"
c.Spawner.environment = {"OPENBLAS_NUM_THREADS": "1"}
c.Spawner.start_timeout = c.Spawner.http_timeout = 180

KEY = STATE / "collect.token"
if not KEY.exists():
    with os.fdopen(os.open(KEY, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as new:
        new.write(secrets.token_hex(32))
# Appended, because TLJH's own culler is already in these lists.
c.JupyterHub.services.append({"name": "collect", "api_token": KEY.read_text().strip()})
c.JupyterHub.load_roles.append(
    {
        "name": "collect",
        "services": ["collect"],
        "scopes": ["list:users", "read:servers", "servers", "access:servers"],
    }
)
