"""Gives a system that ran tests before free places again, as its officer would."""

from __future__ import annotations

import httpx

from tests.support.person_token import person_token
from tests.support.running_system import RunningSystem

OFFICER = "officer.tirana"


def make_room(system: RunningSystem, organization: str) -> None:
    """Report free places for every published service of an organization that the officer's agency keeps."""
    token = person_token(system, OFFICER)
    with httpx.Client(
        base_url=system.url("directory"), headers={"Authorization": f"Bearer {token}"}, trust_env=False, timeout=15
    ) as directory:
        page = directory.get("/listings", params={"status": "published", "limit": 100}).raise_for_status().json()
        kept = [entry for entry in page["items"] if entry["organization_name"] == organization]
        assert kept, f"the officer's agency keeps no listing of {organization}"
        for listing in (entry for entry in kept if "capacity" in entry):
            places = listing["capacity"]["maximum"] or 10
            directory.put(
                f"/listings/{listing['id']}/capacity",
                json={"available": places, "maximum": places, "unit": listing["capacity"]["unit"]},
                headers={"If-Match": f'"{listing["version"]}"'},
            ).raise_for_status()
