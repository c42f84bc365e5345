"""Pages that are numbered."""


class Numbered:
    """What a page of a list knows of its neighbours."""

    __slots__ = ()

    number: int
    pages: int

    @property
    def previous_number(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def next_number(self) -> int | None:
        return self.number + 1 if self.number < self.pages else None
