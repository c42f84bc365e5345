import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from monitors.actions import maintenance
from monitors.engine.maintenance import keep_following_up
from monitors.loops.database import DatabaseThread
from monitors.models import Exclusion, MaintenanceOccurrence
from monitors.tests.factories import a_service


@pytest.mark.django_db(transaction=True)
async def test_it_is_followed_up_soon_after_its_end() -> None:
    now = datetime.now(UTC)

    def lasts_for_a_moment() -> None:
        service = a_service(now=now - timedelta(minutes=2))
        maintenance.start_now(service.pk, now, "", timedelta(seconds=1))

    database = DatabaseThread()
    await database.run(lasts_for_a_moment)
    following = asyncio.create_task(keep_following_up(database, every_s=0.1))
    try:
        async with asyncio.timeout(10):
            while not await database.run(Exclusion.objects.exists):  # noqa: ASYNC110 - a row
                await asyncio.sleep(0.05)
    finally:
        following.cancel()
        followed_up = await database.run(MaintenanceOccurrence.objects.get)
        await database.close()
    assert followed_up.followed_up_at is not None
    assert followed_up.followed_up_at - followed_up.ends_at < timedelta(seconds=5)
