"""The clock's part in enquiries and opening hours, and what it forgets because it has served its time."""

from __future__ import annotations

from chassis.clock import Clock
from services.directory.application.enquire_capacity import close_overdue_enquiries
from services.directory.application.ports import UnitOfWorkFactory

_BATCH = 200


def watch_time(unit_of_work: UnitOfWorkFactory, clock: Clock) -> None:
    """Close enquiries whose time is up, write down opening times to come, and forget who asked for what."""
    close_overdue_enquiries(unit_of_work, clock)
    while True:
        with unit_of_work() as uow:
            carried_on = uow.carry_on_hours(clock.now(), _BATCH)
            uow.commit()
        if carried_on < _BATCH:
            break
    with unit_of_work() as uow:
        uow.unmet_needs.forget_heard(clock.now())
        uow.commit()
