"""What of an answer may be kept, all the way from the wire."""

import pytest

from monitors.domain.redaction import REMOVED
from monitors.domain.spec import CheckSpec, Limits
from monitors.domain.verdict import judge
from monitors.engine.limits import limits
from monitors.probes import observe
from monitors.tests.zoo import Enclosure, answer, redirect

SESSION = b"a1b2c3d4e5"


async def test_a_cookie_that_a_redirect_set_is_a_secret_in_the_answer() -> None:
    hops = [[redirect(b"/in", b"Set-Cookie: sid=" + SESSION)], [answer(b"you are " + SESSION)]]
    async with Enclosure(hops).open() as enclosure:
        spec = CheckSpec(f"http://127.0.0.1:{enclosure.port}/", keyword="welcome")
        found = judge(spec, await observe(spec, Limits()))
    assert b"Cookie: sid=" + SESSION in enclosure.requests[1]
    assert found.evidence is not None
    assert found.evidence.body_start == f"you are {REMOVED}"
    assert SESSION.decode() not in found.message


@pytest.mark.parametrize("keep", [True, False])
async def test_the_setting_keeps_no_bodies(settings: object, keep: bool) -> None:
    settings.KEEP_BODIES = keep  # type: ignore[attr-defined]
    limits.cache_clear()
    async with Enclosure([[answer(b"private words")]]).open() as enclosure:
        spec = CheckSpec(f"http://127.0.0.1:{enclosure.port}/", keyword="welcome")
        found = judge(spec, await observe(spec, limits()))
    limits.cache_clear()
    assert found.evidence is not None
    assert found.evidence.body_start == ("private words" if keep else "")
    assert ("private" in found.message) is keep
