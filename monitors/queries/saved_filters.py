"""A person's filters of the list."""

from dataclasses import dataclass

from monitors.models import SavedFilter


@dataclass(frozen=True, slots=True)
class SavedFilters:
    """Those of one person by name, beside what is listed now."""

    filters: list[SavedFilter]
    query: str
    """Of what is listed now; empty for the whole list."""

    @property
    def chosen(self) -> SavedFilter | None:
        """The one that is listed now."""
        return next((saved for saved in self.filters if saved.query == self.query), None)


def saved_filters(user_id: int, query: str) -> SavedFilters:
    return SavedFilters(list(SavedFilter.objects.filter(user_id=user_id)), query)
