"""Services that depend on others: what stands behind what, over any number of steps."""

from collections.abc import Collection, Iterable, Mapping

Edges = Mapping[int, Collection[int]]
"""To each service those that are one step further: what it depends on, or what depends on it."""


def reached(start: Iterable[int], edges: Edges) -> set[int]:
    """Give all that is reached from some services by one step or more; circles do no harm."""
    found: set[int] = set()
    to_visit = list(start)
    while to_visit:
        for further in edges.get(to_visit.pop(), ()):
            if further not in found:
                found.add(further)
                to_visit.append(further)
    return found


def causes(service: int, edges: Edges) -> set[int]:
    """Give what a service depends on, however far away.

    What also depends on the service itself is left out: two who wait for each other would be
    told of by nobody. No form lets a circle in; two edits at the same moment might.
    """
    return {cause for cause in reached([service], edges) if service not in reached([cause], edges)}


def way(start: int, goal: int, edges: Edges) -> list[int]:
    """Give a shortest way from one service to another, both included; nothing where none leads."""
    came_from = {start: start}
    level = [start]
    while level and goal not in came_from:
        following = []
        for here in level:
            for further in edges.get(here, ()):
                if further not in came_from:
                    came_from[further] = here
                    following.append(further)
        level = following
    if goal not in came_from:
        return []
    steps = [goal]
    while steps[-1] != start:
        steps.append(came_from[steps[-1]])
    return steps[::-1]
