"""Modes as parameters of a test: with something to resume, a search takes ten times as long."""

from collections.abc import Iterable

from _pytest.mark.structures import ParameterSet

from tests.sampled import sooner
from tls13lab.symbolic.vocabulary import SceneMode


def of_one_connection(mode: SceneMode) -> bool:
    """Whether nothing is resumed; then there are few ways to connect the parties."""
    return not mode.startswith("resumption")


def some(modes: Iterable[SceneMode]) -> list[ParameterSet]:
    """The modes; those that resume something are left to the full run."""
    return sooner(modes, lambda _, mode: of_one_connection(mode))
