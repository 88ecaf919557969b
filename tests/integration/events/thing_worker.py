"""The worker of the small service as a process of its own, so that a test can kill it for real."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from chassis.clock import SystemClock
from chassis.database import make_engine
from chassis.eventlog_postgres.event_log import PostgresEventLog
from chassis.events.log import EventLog
from chassis.events.registry import EventRegistry
from chassis.kafka.event_log import KafkaEventLog
from chassis.worker import run_worker
from tests.integration.events.things import ThingService


def main(arguments: dict[str, str]) -> int:
    log: EventLog
    if "kafka" in arguments:
        log = KafkaEventLog(arguments["kafka"].split(","), replication=3)
    else:
        log = PostgresEventLog(arguments["events_database"])
    registry = EventRegistry.load(Path(arguments["schemas"]))
    things = ThingService(make_engine(arguments["database"]), log, arguments["topic"], registry, SystemClock())
    roles = {"relay": things.relay().run, "consumer": things.consumer().run}
    return run_worker(service="things", roles=roles, argv=[])


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
