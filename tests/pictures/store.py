"""Store the pictures of the lessons' graphs, for places where nothing can lay them out.

``python -m tests.pictures.store`` writes them anew; a test says when that is due. Of graphs only
what graphviz-pure draws is stored, since it draws the same on every machine.
"""

from pathlib import Path

from tls13lab.pictures import dot, guessing_time
from tls13lab.pictures.schedule_dot import MODES, schedule_dot

FOLDER = Path(dot.__file__).parent / "stored"


def sources() -> list[str]:
    """The DOT text of every picture that should be stored."""
    return [schedule_dot(mode, room_for_values=room) for mode in MODES for room in (False, True)]


def current() -> dict[str, str]:
    """File name and content of every picture that should be stored."""
    program = dot.graphviz_pure()
    if program is None:
        raise dot.NoLayout("install graphviz-pure: other programs draw differently elsewhere")
    drawn = {f"{dot.digest(source)}.svg": dot.run(program, source) for source in sources()}
    return drawn | {guessing_time.STORED: guessing_time.draw_ground()}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    drawn = current()
    for old in FOLDER.glob("*.svg"):
        old.unlink()
    for name, svg in drawn.items():
        (FOLDER / name).write_text(svg, encoding="utf-8", newline="\n")
