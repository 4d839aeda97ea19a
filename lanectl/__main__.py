"""The command line and the composition root."""


def main() -> None:
    raise SystemExit("not yet")
