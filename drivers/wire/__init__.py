"""Codecs, pure, one per protocol, used by the drivers and by the simulator."""


class WireError(ValueError):
    """Bad bytes from a peer. The session drops the frame and reports; it never passes this on."""
