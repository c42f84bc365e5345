"""What stands behind what."""

import pytest

from monitors.domain.dependencies import Edges, causes, reached, way

# 1 and 2 depend on 3, that on 4; 5 on 1 and 2.
TREE: Edges = {1: {3}, 2: {3}, 3: {4}, 5: {1, 2}}
CIRCLE: Edges = {1: {2}, 2: {3}, 3: {1, 9}, 7: {1}}


@pytest.mark.parametrize(
    ("start", "edges", "found"),
    [
        ([4], TREE, set()),
        ([1], TREE, {3, 4}),
        ([5], TREE, {1, 2, 3, 4}),
        ([1, 3], TREE, {3, 4}),
        ([6], TREE, set()),
        ([1], CIRCLE, {1, 2, 3, 9}),
    ],
)
def test_all_that_is_further_along_is_reached(
    start: list[int], edges: Edges, found: set[int]
) -> None:
    assert reached(start, edges) == found


def test_in_a_circle_nothing_is_the_cause_of_the_other() -> None:
    assert causes(5, TREE) == {1, 2, 3, 4}
    assert causes(1, CIRCLE) == {9}
    # What hangs on a circle is behind all of it.
    assert causes(7, CIRCLE) == {1, 2, 3, 9}


def test_the_way_is_a_shortest_one() -> None:
    assert way(1, 4, TREE) == [1, 3, 4]
    assert way(5, 3, TREE) in ([5, 1, 3], [5, 2, 3])
    assert way(4, 1, TREE) == []
    assert way(1, 3, CIRCLE) == [1, 2, 3]
    assert way(1, 1, TREE) == [1]


def test_a_long_chain_is_no_trouble() -> None:
    chain = {number: {number + 1} for number in range(100_000)}
    assert len(reached([0], chain)) == 100_000
    assert len(way(0, 100_000, chain)) == 100_001
