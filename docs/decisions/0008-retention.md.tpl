# 0008 A plain log, expired by service in small batches

Checks are kept for 30 days by default, and a service may have a time of its own. Three ways to
expire them on PostgreSQL were measured (`benchmarks/retention.py`, which gives each way a server of
its own and counts the vacuum that a delete needs):

@RETENTION@

Chosen: **by service**, along the index that the history page needs anyway.

- It is the only one that a time of its own for each service does not break, and it needs no index
  but the one that is there. Rows that expire together were written together, so the oldest pages of
  the table are in memory while one service after the other is asked for.
- **By time with BRIN** costs next to nothing to keep, but deletes for all services at once: a service
  that is kept for longer makes every batch step over its rows.
- **Partitions** are by far the cheapest to forget: a dropped table writes nothing a row. They cost
  something for as long as they stand: the newest fifty checks of a service are looked for in every
  partition, a primary key must hold the time as well, so evidence could not refer to a check by its
  id, and somebody must make tomorrow's partition today. Above a thousand checks a second that is
  worth it; [scale.md](../scale.md) says what changes then.

Further:

- Services are taken a hundred at a time: asked one by one, ten thousand of them cost a quarter of the
  checker's CPU for seven minutes of every hour, mostly to find nothing.
- Nothing expires before it has been summed up, and hours expire by whole days, since a day is summed
  up from its hours.
- A summary is always made anew from all it is made of. So the work may be broken off anywhere, and
  nothing is counted twice; an hour to which a result comes late is marked and made again.
