"""What a person chooses for themselves."""

from monitors.domain.preferences import Theme
from monitors.models import Profile


def choose(user_id: int, *, time_zone: str, theme: Theme) -> None:
    """Keep a person's choices in place of those of before."""
    choices = {"time_zone": time_zone, "theme": theme.value}
    Profile.objects.update_or_create(pk=user_id, defaults=choices)
