"""Limits with systemd, which enforces them for all processes of a student together."""

from held_port import HeldPort
from systemdspawner import SystemdSpawner


class UnderSystemd(HeldPort, SystemdSpawner):
    """``SystemdSpawner`` with a held port; its options in the configuration are the same."""
