"""What makes Python start sooner in the browser: fewer files to unpack, and nothing to compile.

Python in the browser is slow at two things that an ordinary one does once: it unpacks every wheel
anew for each page, and compiles every module that is imported. So the wheels lose files that no
lesson can use, and one more wheel has the bytecode of what the lessons import. It is compiled by
the browser's own Python, which Node can run; npm, which fetches it, comes with Node.
"""

import shutil
import subprocess
import zipfile
from pathlib import Path

from lite.parts import Missing

NAME = "tls13lab_bytecode-0-py3-none-any.whl"
SCRIPT = Path(__file__).with_name("bytecode.mjs")
OF_NO_USE = {"jedi": ("jedi/third_party/typeshed/stubs/", "jedi/third_party/django-stubs/")}
"""Folders in wheels, by package: jedi's 4,300 files about libraries that are not in the browser."""


def copy_of_use(wheel: Path, folder: Path) -> None:
    """Copy a file to a folder; a wheel without what is of no use."""
    without = OF_NO_USE.get(wheel.name.split("-")[0])
    if without is None:
        shutil.copy2(wheel, folder)
        return
    with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(folder / wheel.name, "w") as new:
        for one in old.infolist():
            if not one.filename.startswith(without):
                new.writestr(one, old.read(one), compress_type=zipfile.ZIP_DEFLATED)


def wheels(folder: Path) -> list[Path]:
    """The wheel of bytecode, made from the wheels in ``folder``; none where Node is missing."""
    node = shutil.which("node")
    if node is None:
        return []
    command = [node, str(SCRIPT), str(folder), str(folder / NAME)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Missing(f"the browser's Python did not compile the lab: {done.stderr[-500:]}")
    return [folder / NAME]
