"""What a link raises when its port is gone."""


class LinkError(OSError):
    """A port cannot be opened, read or written. The message says in words what is in the way; it becomes `LinkLost`."""
