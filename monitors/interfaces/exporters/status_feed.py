"""The notices of a status page as an Atom feed (RFC 4287)."""

from collections.abc import Iterable

from django.utils.feedgenerator import Atom1Feed

from monitors.models import StatusPage
from monitors.queries.public_pages import Notice


def atom(page: StatusPage, notices: Iterable[Notice], address: str) -> str:
    """Write a feed with an entry for each notice; an update changes its entry."""
    feed = Atom1Feed(
        title=f"{page.title}: status",
        link=address,
        description=None,
        feed_url=f"{address}feed.atom",
        feed_guid=address,
    )
    for notice in notices:
        lines = [
            f"{update.stage.label} ({update.at:%Y-%m-%d %H:%M} UTC): {update.text}"
            for update in notice.updates
        ]
        link = f"{address}history/?month={notice.started_at:%Y-%m}#notice-{notice.id}"
        feed.add_item(
            title=notice.title,
            link=link,
            description=_fit("\n\n".join(lines)),
            unique_id=f"{address}#notice-{notice.id}",
            pubdate=notice.started_at,
            updateddate=notice.updated_at,
        )
    return feed.writeString("utf-8")


def _fit(text: str) -> str:
    """Leave out what XML cannot say."""
    return "".join(character for character in text if character >= " " or character in "\n\t")
