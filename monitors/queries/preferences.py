"""What a person has chosen for themselves."""

from monitors.domain.preferences import Preferences, Theme
from monitors.domain.zones import zone_of
from monitors.models import Profile


def preferences_of(user_id: int) -> Preferences:
    """Read how to show pages to somebody, in one query; a zone that is none is not chosen."""
    chosen = Profile.objects.filter(pk=user_id).values_list("time_zone", "theme").first()
    if chosen is None:
        return Preferences()
    time_zone, theme = chosen
    return Preferences(zone_of(time_zone), Theme(theme))
