"""A student's limits where systemd holds them, for all of a student's processes together."""

from held_port import HeldPort
from systemdspawner import SystemdSpawner


class UnderSystemd(HeldPort, SystemdSpawner):
    """Its options in the configuration are ``SystemdSpawner``'s."""
