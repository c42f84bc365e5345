"""Where the time of a running process goes: by thread, and by what its functions are for.

CPU time is read from /proc, in nanoseconds; functions are seen by py-spy, which looks at the stack
of every thread some hundred times a second. It wants to be root, or to be allowed to trace.
"""

import json
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

PY_SPY = str(Path(sys.executable).with_name("py-spy"))
LOOKS_PER_S = 400


def cpu_s(process_id: int) -> dict[int, float]:
    """Give the CPU time that each thread has used so far."""
    spent = {}
    for folder in Path(f"/proc/{process_id}/task").iterdir():
        on_cpu_ns, *_ = (folder / "schedstat").read_text().split()
        spent[int(folder.name)] = int(on_cpu_ns) / 1e9
    return spent


def names(process_id: int) -> dict[int, str]:
    """Give the name of each thread that runs Python."""
    dumped = subprocess.run(
        [PY_SPY, "dump", "--json", "--pid", str(process_id)],
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    return {
        thread["os_thread_id"]: thread["thread_name"] or "?" for thread in json.loads(dumped.stdout)
    }


@dataclass(frozen=True, slots=True)
class Sample:
    """One stack, the outermost function first, and how often it was seen."""

    thread: str
    frames: tuple[str, ...]
    times: int


def samples(process_id: int, seconds: int) -> list[Sample]:
    """Look at the stacks of what runs; threads that wait are left out."""
    with tempfile.NamedTemporaryFile("r") as written:
        subprocess.run(
            [
                *(PY_SPY, "record", "--pid", str(process_id), "--duration", str(seconds)),
                *("--rate", str(LOOKS_PER_S), "--threads"),
                *("--format", "raw", "--output", written.name),
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        seen = [_sample(line) for line in Path(written.name).read_text().splitlines()]
    return [sample for sample in seen if sample.frames and not _waits(sample)]


def _waits(sample: Sample) -> bool:
    """Tell whether a thread looks for work: py-spy does not always see that it waits."""
    return sample.frames[-1].startswith("_worker (concurrent/futures/thread.py")


def _sample(line: str) -> Sample:
    stack, _, times = line.rpartition(" ")
    thread, *frames = stack.split(";")
    return Sample(_name(thread), tuple(frames), int(times))


def _name(thread: str) -> str:
    return thread.partition("(")[2].rpartition(")")[0] or thread


def by_station(seen: list[Sample], stations: dict[str, tuple[str, ...]]) -> Counter[str]:
    """Count samples by the station that is innermost in their stack.

    A station is known by parts of what py-spy writes of a frame: "function (file:line)".
    """
    counted: Counter[str] = Counter()
    for sample in seen:
        counted[_station(sample, stations)] += sample.times
    return counted


def _station(sample: Sample, stations: dict[str, tuple[str, ...]]) -> str:
    for frame in reversed(sample.frames):
        for station, parts in stations.items():
            if any(part in frame for part in parts):
                return station
    return "else"


def by_function(seen: list[Sample]) -> Counter[str]:
    """Count samples by the innermost function alone, without its line."""
    counted: Counter[str] = Counter()
    for sample in seen:
        function, _, place = sample.frames[-1].partition(" (")
        counted[f"{function} ({place.rpartition(':')[0] or place.rstrip(')')})"] += sample.times
    return counted
