"""Keep and delete a person's filters of the list."""

from django.contrib.auth.models import User
from django.db import transaction

from monitors.domain.saved_filters import MAX_SAVED_FILTERS, NotSaved
from monitors.models import SavedFilter


def save(user_id: int, name: str, query: str) -> None:
    """Raises NotSaved where the name is taken, or the person has as many as may be."""
    with transaction.atomic():
        # One at a time: each counts those that are there.
        User.objects.select_for_update().get(pk=user_id)
        own = SavedFilter.objects.filter(user_id=user_id)
        names = set(own.values_list("name", flat=True))
        if name in names:
            raise NotSaved(f"You already have a filter named “{name}”.")
        if len(names) >= MAX_SAVED_FILTERS:
            raise NotSaved(f"You have {MAX_SAVED_FILTERS} saved filters. Delete one first.")
        own.create(user_id=user_id, name=name, query=query)


def delete(user_id: int, filter_id: int) -> SavedFilter:
    """Give what was deleted. Raises SavedFilter.DoesNotExist, also where it is somebody else's."""
    found = SavedFilter.objects.get(pk=filter_id, user_id=user_id)
    SavedFilter.objects.filter(pk=found.pk).delete()
    return found
