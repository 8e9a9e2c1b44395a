"""Where the site's doors lead: Binder, Colab, a class hub, and the lab that runs in the browser.

Nobody but who hosts a copy knows its addresses, so they come from the environment:

- ``TLS13LAB_REPOSITORY``: owner and name on GitHub. Without it GitHub's own variable counts, and
  without that pyproject.toml, in which OWNER stands until somebody puts an account there.
- ``TLS13LAB_LITE``: where the lab without a server lies, as seen from the site's first page;
  ``../lite/`` fits the folder ``build``.
- ``TLS13LAB_HUB``: the address of a class's JupyterHub; none unless it is given.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from coursework.elsewhere import in_colab

PYPROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"
START = "notebooks/00_start_here.ipynb"
NOBODY = "OWNER"
LITE_LAB, LITE_ALONE = "lab/index.html", "notebooks/index.html"
"""Within the site without a server: JupyterLab, and a notebook by itself."""


@dataclass(frozen=True, slots=True)
class Doors:
    """``lite`` ends in a slash; ``hub`` may be empty."""

    repository: str
    lite: str
    hub: str

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> "Doors":
        """From the environment.

        >>> Doors.of({"TLS13LAB_REPOSITORY": "someone/lab", "TLS13LAB_LITE": "lite"}).lite
        'lite/'
        """
        named = environment.get("TLS13LAB_REPOSITORY") or environment.get("GITHUB_REPOSITORY")
        lite = environment.get("TLS13LAB_LITE") or "../lite/"
        hub = environment.get("TLS13LAB_HUB", "")
        return cls(named or _in_pyproject(), lite.rstrip("/") + "/", hub.rstrip("/"))

    @property
    def is_placed(self) -> bool:
        """Whether anybody said whose copy this is."""
        return not self.repository.startswith(f"{NOBODY}/")

    @property
    def home(self) -> str:
        """The repository's page."""
        return f"https://github.com/{self.repository}"

    def binder(self, notebook: str = START) -> str:
        """Binder with one notebook open."""
        return f"https://mybinder.org/v2/gh/{self.repository}/HEAD?urlpath=lab/tree/{notebook}"

    def colab(self, notebook: str = START) -> str:
        """Colab with one notebook's copy open, which installs the package."""
        return f"{in_colab(self.home)}/{notebook.removeprefix('notebooks/')}"

    @property
    def lite_home(self) -> str:
        """The first page of the lab in the browser, for a screen of any size."""
        return f"{self.lite}index.html"

    @property
    def lite_lab(self) -> str:
        """The lab in the browser, as seen from the site's first page."""
        return f"{self.lite}{LITE_LAB}"

    def lite_notebook(self, notebook: str = START) -> str:
        """The same with one notebook open: there, they lie in no folder."""
        return f"{self.lite_lab}?path={notebook.removeprefix('notebooks/')}"

    def lite_alone(self, notebook: str = START) -> str:
        """The same without the lab around it, for a small screen."""
        return f"{self.lite}{LITE_ALONE}?path={notebook.removeprefix('notebooks/')}"

    def theme_buttons(self) -> dict[str, str]:
        """The same for the theme, which puts them on each lesson; those lie one folder down."""
        buttons = {
            "notebook_interface": "jupyterlab",
            "binderhub_url": "https://mybinder.org",
            "colab_url": "https://colab.research.google.com",
            "jupyterlite_url": self.lite_lab if "://" in self.lite else f"../{self.lite_lab}",
        }
        return buttons | ({"jupyterhub_url": self.hub} if self.hub else {})


def _in_pyproject() -> str:
    urls = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]["urls"]
    return str(urls["Repository"]).removeprefix("https://github.com/")
