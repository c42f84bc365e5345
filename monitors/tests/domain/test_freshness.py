from monitors.domain.freshness import fresh_since, fresh_until
from monitors.tests.clock import NOON, noon_plus


def test_a_result_speaks_from_its_end_for_two_intervals_and_a_timeout() -> None:
    assert fresh_until(noon_plus(5), interval_s=60, timeout_s=5) == noon_plus(5 + 2 * 60 + 5)


def test_what_began_since_then_may_still_be_fresh() -> None:
    """Also a check that has taken its whole timeout."""
    last_moment = fresh_until(noon_plus(2.5), interval_s=1, timeout_s=2.5)
    assert fresh_since(last_moment, interval_s=1, timeout_s=2.5) == NOON
