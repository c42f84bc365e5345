"""One server a way of failing: its verdict, its reason, its words, and the time it may take."""

import time

import pytest

from monitors.domain.result import CheckResult
from monitors.domain.spec import CheckSpec
from monitors.domain.verdict import judge
from monitors.probes import observe
from monitors.tests.animals import ANIMALS, TIMEOUT_S, Animal
from monitors.tests.zoo import Authorities, Enclosure

VISITS = 3


async def visit(animal: Animal, authorities: Authorities) -> tuple[CheckResult, float]:
    tls = animal.tls(authorities) if animal.tls else None
    scheme = animal.scheme or ("https" if tls else "http")
    enclosure = Enclosure(animal.scripts, tls, animal.speaks_first)
    async with enclosure.open():
        url = f"{scheme}://127.0.0.1:{enclosure.port}/"
        spec = CheckSpec(url, **({"timeout_s": TIMEOUT_S} | animal.spec))
        began = time.perf_counter()
        observation = await observe(spec)
        took = time.perf_counter() - began
    return judge(spec, observation), took


@pytest.mark.parametrize("animal", ANIMALS, ids=lambda animal: animal.name)
async def test_verdict(animal: Animal, authorities: Authorities) -> None:
    took: list[float] = []
    # A check that cannot keep its time never does; a machine that stalls for a moment does not
    # stall three times. The verdict has to be right each time.
    while not took or (took[-1] >= animal.within_s and len(took) < VISITS):
        result, seconds = await visit(animal, authorities)
        took.append(seconds)
        assert (result.status, result.reason) == (animal.status, animal.reason), result.message
        for words in animal.words:
            assert words in result.message
    assert took[-1] < animal.within_s


def test_the_zoo_is_large_and_every_animal_has_its_own_name() -> None:
    names = [animal.name for animal in ANIMALS]
    assert len(set(names)) == len(names) >= 40
