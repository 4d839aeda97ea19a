"""Whether two reads are of one plate: it stands where it stood, or has come a little nearer."""

APART = 1.5  # middles further apart than so many plate widths are two plates
LARGER = 2.0  # a plate does not become so many times as wide from one frame to the next
Box = tuple[float, ...]


def continues(before: Box, after: Box) -> bool:
    """Boxes as left, top, right, bottom in parts of the picture; where one is not known nothing speaks against it."""
    if len(before) != 4 or len(after) != 4:
        return True
    narrow, wide = sorted((before[2] - before[0], after[2] - after[0]))
    moved = (after[0] + after[2] - before[0] - before[2], after[1] + after[3] - before[1] - before[3])
    return wide <= LARGER * narrow and max(abs(way) for way in moved) / 2 <= APART * wide
