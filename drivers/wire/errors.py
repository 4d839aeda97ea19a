"""What every codec raises on bytes that its peer should not have sent."""


class WireError(ValueError):
    """Bad bytes from a peer: the session drops the frame and reports. `kind` is stable, for counting errors by kind."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind
