"""Work that lies where nobody looks for it: other names, other folders, archives.

A browser saves a second copy as ``02_resumption (1).ipynb``, an archive brings a folder of its own,
and a student's only copy may be one of these. None is judged; each is named for a person.
"""

import os
from collections.abc import Collection
from pathlib import Path

from coursework.build import ASSIGNMENT
from coursework.judge.handed_in import folder_of

OF_ARCHIVES = "__MACOSX"
"""A folder that macOS adds to archives; it has no student's work."""
ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".7z", ".rar")
RENAMED = ("", ".json", ".txt")
"""What may be left of a notebook's ending."""
MOST = 10


def of_student(course: Path, name: str, notebooks: Collection[str]) -> list[str]:
    """One sentence for each thing that a person should look at in a student's folder."""
    above = course / "submitted" / name
    said = []
    if folder_of(course, name) is None:
        said.append(f"there is no folder {ASSIGNMENT} of the student's own in submitted/{name}")
    elif not any((above / ASSIGNMENT / f"{one}.ipynb").exists() for one in notebooks):
        said.append(f"there is none of the notebooks in submitted/{name}/{ASSIGNMENT}")
    expected = {path.name for path in (course / "release" / ASSIGNMENT).glob("*.ipynb")}
    expected |= {"quiz.ipynb"}
    found = []
    for folder, inner, files in os.walk(above):
        inner[:] = sorted(one for one in inner if one != OF_ARCHIVES and not one.startswith("."))
        place = Path(folder).relative_to(above)
        known = expected if place == Path(ASSIGNMENT) else set()
        found += [str(place / one) for one in sorted(files) if _may_be(one, known, notebooks)]
        if len(found) > MOST:
            break
    if found:
        more = " and more" if len(found) > MOST else ""
        said.append(f"not judged, because of name or place: {', '.join(found[:MOST])}{more}")
    return said


def _may_be(file: str, known: set[str], notebooks: Collection[str]) -> bool:
    small, ending = file.lower(), Path(file).suffix.lower()
    if file.startswith(".") or file in known:
        return False
    renamed = ending in RENAMED and any(small.startswith(one.lower()) for one in notebooks)
    return ".ipynb" in small or ending in ARCHIVES or renamed


def of_course(course: Path) -> list[str]:
    """What is in ``submitted`` and is no student's folder."""
    return [
        f"submitted/{one.name}: this is no student's folder"
        for one in sorted((course / "submitted").glob("*"))
        if one.name == OF_ARCHIVES or not (one.is_dir() or one.name.startswith("."))
    ]
