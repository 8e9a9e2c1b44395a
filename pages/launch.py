"""The addresses of Binder, Colab, a class hub, and the lab that runs in the browser.

They depend on who hosts the copy, so they come from the environment:

- ``TLS13LAB_REPOSITORY``: owner and name on GitHub. The default is GitHub's own variable, or else
  the address in pyproject.toml, which has OWNER until somebody replaces it with an account.
- ``TLS13LAB_LITE``: the address of the lab in the browser, relative to the site's front page. The
  default ``../lite/`` fits the folder ``build``.
- ``TLS13LAB_SITE``: the address at which this site is published; the default is the repository's on
  GitHub Pages.
- ``TLS13LAB_HUB``: the address of a class's JupyterHub; by default none.
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
    """The addresses. ``lite`` ends with a slash; ``hub`` and ``published`` may be empty."""

    repository: str
    lite: str
    hub: str
    published: str = ""

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> "Doors":
        """The addresses from the environment.

        >>> Doors.of({"TLS13LAB_REPOSITORY": "someone/lab", "TLS13LAB_LITE": "lite"}).lite
        'lite/'
        """
        named = environment.get("TLS13LAB_REPOSITORY") or environment.get("GITHUB_REPOSITORY")
        lite = environment.get("TLS13LAB_LITE") or "../lite/"
        hub = environment.get("TLS13LAB_HUB", "")
        site = environment.get("TLS13LAB_SITE", "")
        return cls(named or _in_pyproject(), lite.rstrip("/") + "/", hub.rstrip("/"), site)

    @property
    def is_placed(self) -> bool:
        """Whether the repository's address is set."""
        return not self.repository.startswith(f"{NOBODY}/")

    @property
    def home(self) -> str:
        """The repository's page on GitHub."""
        return f"https://github.com/{self.repository}"

    @property
    def site(self) -> str:
        """The address of the site where it is published, with a slash at its end.

        >>> Doors.of({"TLS13LAB_REPOSITORY": "Someone/lab"}).site
        'https://someone.github.io/lab/'
        """
        owner, name = self.repository.split("/")
        return (self.published or f"https://{owner.lower()}.github.io/{name}").rstrip("/") + "/"

    def binder(self, notebook: str = START) -> str:
        """Binder with one notebook open."""
        return f"https://mybinder.org/v2/gh/{self.repository}/HEAD?urlpath=lab/tree/{notebook}"

    def colab(self, notebook: str = START) -> str:
        """Colab with the copy of one notebook, which installs the package."""
        return f"{in_colab(self.home)}/{notebook.removeprefix('notebooks/')}"

    @property
    def lite_home(self) -> str:
        """The front page of the lab in the browser, for screens of any size."""
        return f"{self.lite}index.html"

    @property
    def lite_lab(self) -> str:
        """JupyterLab in the browser, relative to the site's front page."""
        return f"{self.lite}{LITE_LAB}"

    def lite_notebook(self, notebook: str = START) -> str:
        """JupyterLab in the browser with one notebook open; there, notebooks are in no folder."""
        return f"{self.lite_lab}?path={notebook.removeprefix('notebooks/')}"

    def lite_alone(self, notebook: str = START) -> str:
        """One notebook in the browser without JupyterLab, for small screens."""
        return f"{self.lite}{LITE_ALONE}?path={notebook.removeprefix('notebooks/')}"

    def theme_buttons(self) -> dict[str, str]:
        """The addresses for the theme's buttons on each lesson, which are one folder deeper."""
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
