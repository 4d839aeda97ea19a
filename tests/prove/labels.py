"""Words of moves, each by its number."""


class Labels(list[str]):
    def __init__(self) -> None:
        super().__init__()
        self._numbers: dict[str, int] = {}

    def number(self, words: str) -> int:
        found = self._numbers.get(words)
        if found is None:
            found = self._numbers[words] = len(self)
            self.append(words)
        return found
