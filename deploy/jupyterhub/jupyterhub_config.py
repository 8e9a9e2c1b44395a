"""JupyterHub for a class on one machine: ``jupyterhub -f deploy/jupyterhub/jupyterhub_config.py``.

Started as root, it logs in the members of the Unix group ``students`` with their own passwords
(PAM), and runs each student's server under the student's account. It listens on loopback; put a web
server with a certificate in front of it. docs/classroom.md has the steps.

To try it out, on loopback only, set ``TLS13LAB_HUB_TRIAL=PASSWORD``. Any user name can then log in
with this password (of at least eight characters), and all run under the account that started the
hub.
"""

import os
import secrets
import sys
from pathlib import Path
from urllib.parse import urlsplit

c = get_config()  # noqa: F821
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

# --- settings to adapt ----------------------------------------------------------------------------

ADDRESS = os.environ.get("TLS13LAB_HUB_ADDRESS", "http://127.0.0.1:8000")
STATE = Path(os.environ.get("TLS13LAB_HUB_STATE", "/var/lib/tls13lab-hub"))
NOTEBOOKS = Path(
    os.environ.get("TLS13LAB_HUB_NOTEBOOKS", Path(sys.prefix) / "share/tls13lab/notebooks")
)
GROUP = os.environ.get("TLS13LAB_HUB_GROUP", "students")
TRIAL = os.environ.get("TLS13LAB_HUB_TRIAL")
MEMORY, PROCESSORS = "2G", 2.0
IDLE_SECONDS = 3600

if not any(NOTEBOOKS.glob("*.ipynb")):
    sys.exit(f"No notebooks in {NOTEBOOKS}: set TLS13LAB_HUB_NOTEBOOKS to their folder.")
STATE.mkdir(mode=0o700, parents=True, exist_ok=True)

# --- the hub ------------------------------------------------------------------------------------

c.JupyterHub.bind_url = ADDRESS
c.JupyterHub.hub_ip = "127.0.0.1"
c.JupyterHub.db_url = f"sqlite:///{STATE / 'hub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(STATE / "cookie_secret")
c.ConfigurableHTTPProxy.pid_file = str(STATE / "proxy.pid")
# From the requirements, or from npm if that comes first on the PATH.
c.ConfigurableHTTPProxy.command = ["configurable-http-proxy"]
# A whole class logs in within a minute: nobody is refused, and servers get time to start.
c.JupyterHub.concurrent_spawn_limit = 0
c.Spawner.start_timeout = c.Spawner.http_timeout = 180

# --- a student's server ---------------------------------------------------------------------------

c.Spawner.cmd = [sys.executable, str(HERE.parent / "place.py"), f"--from={NOTEBOOKS}", "--"]
c.Spawner.cmd += [sys.executable, "-m", "jupyterhub.singleuser"]
# Looking for language servers would start Node for each student.
c.Spawner.args = ["--LanguageServerManager.autodetect=False"]
c.Spawner.default_url = "/lab/tree/tls13lab/00_start_here.ipynb"
c.Spawner.environment = {
    "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
    # Otherwise the library reserves memory for one thread for each processor of the machine.
    "OPENBLAS_NUM_THREADS": "1",
}
c.Spawner.mem_limit, c.Spawner.cpu_limit = MEMORY, PROCESSORS

# --- login and limits -----------------------------------------------------------------------------

if TRIAL is not None:
    if urlsplit(ADDRESS).hostname not in ("127.0.0.1", "::1", "localhost"):
        sys.exit(f"A shared password is only allowed on loopback, not on {ADDRESS}.")
    if len(TRIAL) < 8:
        sys.exit("The trial password must have at least eight characters.")
    c.JupyterHub.authenticator_class = "shared-password"
    c.SharedPasswordAuthenticator.user_password = TRIAL
    c.Authenticator.allow_all = True
    c.JupyterHub.spawner_class = "limits.TrialSpawner"
    # In a container, root is often the only account. Jupyter refuses it; on loopback it is safe.
    c.Spawner.args += ["--allow-root"] if os.geteuid() == 0 else []
    c.TrialSpawner.home_dir_template = str(STATE / "homes" / "{username}")
else:
    c.JupyterHub.authenticator_class = "pam"
    c.PAMAuthenticator.allowed_groups = {GROUP}
    c.PAMAuthenticator.admin_groups = {f"{GROUP}-staff"}
    if Path("/run/systemd/system").is_dir():  # systemd limits all processes of a student together
        c.JupyterHub.spawner_class = "under_systemd.UnderSystemd"
        c.SystemdSpawner.isolate_tmp = c.SystemdSpawner.isolate_devices = True
        c.SystemdSpawner.disable_user_sudo = True
    else:
        c.JupyterHub.spawner_class = "limits.AccountSpawner"
        c.AccountSpawner.processes = 512

# --- services: one stops idle servers; the other is the instructor's program ----------------------


def token() -> str:
    """The key of the service ``collect``, made once, in a file that only the hub can read."""
    file = STATE / "collect.token"
    if not file.exists():
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as new:
            new.write(secrets.token_hex(32))
    return file.read_text().strip()


CULL = ["jupyterhub_idle_culler", f"--timeout={IDLE_SECONDS}", "--cull-every=300"]
c.JupyterHub.services = [
    {"name": "idle-culler", "command": [sys.executable, "-m", *CULL]},
    {"name": "collect", "api_token": token()},
]
c.JupyterHub.load_roles = [
    {
        "name": "idle-culler",
        "services": ["idle-culler"],
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
    },
    {
        "name": "collect",
        "services": ["collect"],
        "scopes": ["list:users", "read:servers", "servers", "access:servers"],
    },
]
