"""Store the pictures of the lessons' graphs, for places where nothing can lay them out.

``python -m tests.pictures.store`` writes them anew; a test says when that is due.
"""

from pathlib import Path

from tls13lab.pictures import dot
from tls13lab.pictures.schedule_graph import MODES, schedule_dot

FOLDER = Path(dot.__file__).parent / "stored"


def current() -> dict[str, str]:
    """File name and content of every picture that should be stored."""
    sources = (schedule_dot(mode) for mode in MODES)
    return {f"{dot.digest(source)}.svg": dot.svg(source) for source in sources}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.svg"):
        old.unlink()
    for name, svg in current().items():
        (FOLDER / name).write_text(svg, encoding="utf-8", newline="\n")
