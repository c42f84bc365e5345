import pytest

from monitors.domain.report_words import Outcome, budget_label, summary, target_label
from monitors.domain.reports import Figures
from monitors.domain.uptime import Uptime

DAY = 86_400
MET = Figures(Uptime(up_s=10 * DAY))


def told(
    total: Figures, met: int, *missed: tuple[str, float], unseen: int = 0, target: float = 99.9
) -> list[str]:
    return summary(Outcome(target, total, met, missed, unseen))


def test_all_met_it() -> None:
    assert told(MET, 12) == [
        "All 12 services met the target of 99.9 %.",
        "Together they were up 100 % of the time that was seen, with no incident.",
    ]


def test_some_missed_it() -> None:
    total = Figures(Uptime(up_s=10 * DAY, down_s=3_720), 3, 1, 2, 600)
    missed = [("Shop", 3_000.0), ("Mail", 61.0), ("Search", 5.2), ("Login", 0.4), ("API", 0.1)]
    assert told(total, 7, *missed, unseen=2) == [
        "7 of 12 services met the target of 99.9 %.",
        "Over the error budget: Shop (by 50 min), Mail (by 1 min 1 s), Search (by 5 s), 2 more.",
        (
            "Together they were up 99.57 % of the time that was seen and down for 1 h 2 min,"
            " with 3 incidents; recovery took 5 min on average."
        ),
        "1 more incident was reclassified, and left out.",
        "Nothing was seen of 2 services.",
    ]


def test_none_met_it() -> None:
    total = Figures(Uptime(up_s=DAY, down_s=DAY), 2)
    assert told(total, 0, ("A", 9.0), ("B", 8.0), target=100)[0] == (
        "None of 2 services met the target of 100 %."
    )


@pytest.mark.parametrize(
    ("met", "missed", "first"),
    [
        (1, [], "The service met the target of 99.9 %."),
        (0, [("Shop", 0.5)], "The service missed the target of 99.9 %."),
    ],
)
def test_of_one(met: int, missed: list[tuple[str, float]], first: str) -> None:
    total = Figures(Uptime(up_s=DAY, down_s=60), 1, 2, 1, 60)
    sentences = told(total, met, *missed)
    assert sentences[0] == first
    assert sentences[-2:] == [
        (
            "It was up 99.93 % of the time that was seen and down for 1 min, with 1 incident;"
            " recovery took 1 min."
        ),
        "2 more incidents were reclassified, and left out.",
    ]


@pytest.mark.parametrize("unseen", [0, 1, 5])
def test_where_nothing_was_seen_no_figure_is_made_up(unseen: int) -> None:
    assert told(Figures(Uptime(unknown_s=DAY)), 0, unseen=unseen) == [
        "Nothing was seen of them in this range, so there are no figures."
    ]


@pytest.mark.parametrize(
    ("left_s", "label"),
    [
        (None, "no data"),
        (0, "0 s left"),
        (2_592, "43 min 12 s left"),
        (-0.001, "less than 1 s over"),
        (-59.8, "59 s over"),
        (-90_000, "1 d 1 h over"),
    ],
)
def test_what_is_left(left_s: float | None, label: str) -> None:
    assert budget_label(left_s) == label


@pytest.mark.parametrize(
    ("target", "label"),
    [(99.9, "99.9 %"), (100.0, "100 %"), (99.999, "99.999 %"), (1e-7, "1e-07 %")],
)
def test_a_target_stands_as_it_was_given(target: float, label: str) -> None:
    assert target_label(target) == label
