import logging
import resource

import pytest

from monitors.engine.descriptors import PER_CHECK, RESERVED, make_room

NO_END = resource.RLIM_INFINITY


@pytest.mark.parametrize(
    ("soft", "hard", "wanted", "possible", "limit"),
    [
        (1_024, 4_096, 100, 100, None),
        (1_024, 4_096, 1_000, 1_000, RESERVED + PER_CHECK * 1_000),
        (1_024, NO_END, 20_000, 20_000, RESERVED + PER_CHECK * 20_000),
        (NO_END, NO_END, 20_000, 20_000, None),
        (1_024, 2_048, 2_000, (2_048 - RESERVED) // PER_CHECK, 2_048),
        (64, 64, 100, (64 - RESERVED) // PER_CHECK, 64),
        (16, 16, 100, 1, 16),
    ],
)
def test_the_limit_is_raised_to_what_is_needed_or_fewer_checks_run(
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    soft: int,
    hard: int,
    wanted: int,
    possible: int,
    limit: int | None,
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _kind: (soft, hard))
    raised: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "setrlimit", lambda _kind, limits: raised.append(limits))
    with caplog.at_level(logging.WARNING):
        assert make_room(wanted) == possible
    assert raised == ([] if limit is None else [(limit, hard)])
    assert ("ulimit -n" in caplog.text) is (possible < wanted)
