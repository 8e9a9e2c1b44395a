#!/bin/bash
# Puts the lab and what a class is given into one environment that all students share:
#
#     python3 run.py nbgrader                                      # the instructor's checkout
#     (cd build/nbgrader && PATH="$PWD/../../.venv/bin:$PATH" nbgrader generate_assignment tls13lab)
#     sudo deploy/install.sh /opt/tls13lab                         # or /opt/tljh/user, or in an image
#
# The environment is made if there is none. The solutions, which lie in this checkout, do not go
# there. A second argument is another folder of notebooks to hand out: build/student, say.
set -euo pipefail

here=$(cd "$(dirname "$0")/.." && pwd)
prefix=${1:?"usage: deploy/install.sh ENVIRONMENT [NOTEBOOKS]"}
notebooks=${2:-$here/build/nbgrader/release/tls13lab}
if ! compgen -G "$notebooks/*.ipynb" >/dev/null; then
    echo "install.sh: no notebooks in $notebooks; the head of this file says how to make them" >&2
    exit 1
fi

[[ -x $prefix/bin/python ]] || python3 -m venv "$prefix"
pip=("$prefix/bin/python" -m pip install --no-cache-dir --disable-pip-version-check)
"${pip[@]}" -r "$here/deploy/requirements.txt"
# Not editable: a student's kernel needs nothing of this checkout. Built with what is there now.
"${pip[@]}" --no-deps --no-build-isolation --force-reinstall "$here"

share=$prefix/share/tls13lab
rm -rf "$share"
mkdir -p "$share/deploy/jupyterhub" "$share/notebooks"
cp "$notebooks"/*.ipynb "$share/notebooks/"
cp "$here/deploy/place.py" "$share/deploy/"
cp "$here"/deploy/jupyterhub/*.py "$share/deploy/jupyterhub/"

# Widgets of a saved notebook whose kernel is gone show their static views.
server=$prefix/etc/jupyter/jupyter_server_config.d
mkdir -p "$server"
echo '{"ServerApp": {"jpserver_extensions": {"tls13lab.widgets.server_extension": true}}}' \
    >"$server/tls13lab.json"
# No "would you like to get Jupyter news?" in the way of the first notebook.
overrides=$prefix/share/jupyter/lab/settings/overrides.d
mkdir -p "$overrides"
cat >"$overrides/tls13lab.json" <<'JSON'
{"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": false}}
JSON
# Students read all of it, and change none of it.
chmod -R a+rX "$share" "$overrides" "$server"
echo "install.sh: hub: $prefix/bin/jupyterhub -f $share/deploy/jupyterhub/jupyterhub_config.py"
