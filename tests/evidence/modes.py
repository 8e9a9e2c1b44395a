"""Modes as pytest's parameters: with something to resume, a search takes ten times as long."""

from collections.abc import Iterable

import pytest
from _pytest.mark.structures import ParameterSet

from tls13lab.symbolic.vocabulary import SceneMode


def of_one_connection(mode: SceneMode) -> bool:
    """Whether nothing is resumed; then there are few ways to connect the parties."""
    return not mode.startswith("resumption")


def some(modes: Iterable[SceneMode]) -> list[ParameterSet]:
    """The modes; those that resume something are left to the full run."""
    return [
        pytest.param(mode, marks=() if of_one_connection(mode) else pytest.mark.full)
        for mode in modes
    ]
