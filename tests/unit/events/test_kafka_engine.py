"""What the Kafka engine decides by itself: waves that keep order, and when a partition counts as stalled."""

from __future__ import annotations

from chassis.kafka.event_log import _waves
from chassis.kafka.subscription import Watchdog
from chassis.testing.event_log_conformance import make_events

PARTITION = ("things", 0)


class Timer:
    """Monotonic time that a test moves."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def watch(watchdog: Watchdog, timer: Timer, *, position: int, end: int, seconds: float) -> tuple[str, int] | None:
    """Poll once a second for so long, looking whenever it is due; answer what the last look said."""
    found = None
    for _ in range(int(seconds)):
        timer.seconds += 1
        if watchdog.due():
            found = watchdog.stalled({PARTITION: (position, end)})
    return found


def test_an_event_waits_for_the_one_before_it_of_its_key() -> None:
    events = make_events(7, keys=3)
    waves = _waves(events)
    assert [event.id for wave in waves for event in wave] == [event.id for event in events]
    assert [len(wave) for wave in waves] == [3, 3, 1]
    assert all(len({event.subject for event in wave}) == len(wave) for wave in waves)


def test_a_partition_that_is_read_to_its_end_is_not_stalled() -> None:
    timer = Timer()
    assert watch(Watchdog(timer), timer, position=5, end=5, seconds=120) is None


def test_a_partition_that_moves_is_not_stalled() -> None:
    timer = Timer()
    watchdog = Watchdog(timer)
    for position in range(10):
        assert watch(watchdog, timer, position=position, end=100, seconds=15) is None


def test_a_partition_that_is_behind_and_stands_still_is_stalled_within_half_a_minute() -> None:
    timer = Timer()
    watchdog = Watchdog(timer)
    assert watch(watchdog, timer, position=5, end=9, seconds=15) is None
    assert watch(watchdog, timer, position=5, end=9, seconds=15) == PARTITION


def test_a_slow_handler_between_two_polls_is_no_stall() -> None:
    timer = Timer()
    watchdog = Watchdog(timer)
    watch(watchdog, timer, position=5, end=9, seconds=5)
    timer.seconds += 200
    assert watch(watchdog, timer, position=5, end=9, seconds=1) is None


def test_a_partition_that_came_back_starts_with_a_clean_slate() -> None:
    timer = Timer()
    watchdog = Watchdog(timer)
    watch(watchdog, timer, position=5, end=9, seconds=15)
    watchdog.stalled({})
    assert watch(watchdog, timer, position=5, end=9, seconds=15) is None


def test_a_member_without_partitions_joins_afresh_after_a_minute() -> None:
    timer = Timer()
    watchdog = Watchdog(timer)
    timer.seconds = 59
    assert not watchdog.deaf(has_partitions=False)
    assert not watchdog.deaf(has_partitions=True)
    timer.seconds += 59
    assert not watchdog.deaf(has_partitions=False)
    timer.seconds += 1
    assert watchdog.deaf(has_partitions=False)
