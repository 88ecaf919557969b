"""Ten thousand questions about distance bring nobody nearer to a shelter than the area that it serves."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest

from tests.security.shelters import Shelter
from tests.support.own_directory import OwnDirectory

# Thousands of questions take their time, more so on a machine that has other work.
pytestmark = pytest.mark.timeout(900)

QUESTIONS, TARGETS, NEAREST_KM = 10_000, 10, 10.0
KM_PER_DEGREE = 111.2


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    east = (one[1] - other[1]) * math.cos(math.radians(one[0]))
    return KM_PER_DEGREE * math.hypot(one[0] - other[0], east)


class Attacker:
    """Looks for one shelter by every question that has a place in it, and keeps what speaks for each cell of a grid."""

    def __init__(self, client: Any, shelter: Shelter, box: tuple[float, float, float, float]) -> None:
        self._client = client
        self._shelter = shelter
        self._box = box
        self._rng = random.Random(shelter.id)
        self.asked = 0
        self.hits: list[tuple[tuple[float, float], float]] = []

    def attack(self, questions: int) -> None:
        while self.asked < questions:
            south, north, west, east = self._box
            here = (self._rng.uniform(south, north), self._rng.uniform(west, east))
            # Around the real place too: an attacker may be lucky, and luck must not help.
            if self.asked % 4 == 0:
                here = (
                    self._shelter.latitude + self._rng.gauss(0, 0.05),
                    self._shelter.longitude + self._rng.gauss(0, 0.05),
                )
            self.ask(here, self._rng.choice((0.5, 2, 5, 10, 50, 200)))

    def ask(self, here: tuple[float, float], within_km: float) -> None:
        self.asked += 1
        own = {"organization_id": self._shelter.owner.id, "near": f"{here[0]:.5f},{here[1]:.5f}"}
        path = ("/services", "/service_at_locations")[self.asked % 2]
        answer = self._client.get(path, params={**own, "within_km": within_km})
        assert answer.status_code == 200, answer.text
        if answer.json()["total_items"]:
            self.hits.append((here, within_km))

    @property
    def guess(self) -> tuple[float, float]:
        """Return the middle of the smallest circles that held it, or of the area served where none did."""
        south, north, west, east = self._box
        if not self.hits:
            return ((south + north) / 2, (west + east) / 2)
        nearest = sorted(self.hits, key=lambda hit: hit[1])[:20]
        return (sum(hit[0][0] for hit in nearest) / len(nearest), sum(hit[0][1] for hit in nearest) / len(nearest))

    @property
    def distance_of_guess(self) -> float:
        """How far the guess is from the shelter, in kilometres."""
        return kilometres(self.guess, (self._shelter.latitude, self._shelter.longitude))


def test_distance_tells_nothing_of_a_shelter(own: OwnDirectory, hidden: list[Shelter]) -> None:
    boxes = {"AL": (39.6, 42.7, 19.2, 21.1), "BG": (41.2, 44.2, 22.3, 28.6), "RO": (43.6, 48.3, 20.2, 29.7)}
    attackers = [
        Attacker(own.client, shelter, boxes[shelter.country]) for shelter in hidden if shelter.country in boxes
    ]
    # Not one that happens to lie in the middle of the area: there the first guess, without a question, is the best.
    for attacker in [one for one in attackers if one.distance_of_guess > 2 * NEAREST_KM][:TARGETS]:
        attacker.attack(QUESTIONS // TARGETS)
        assert attacker.distance_of_guess > NEAREST_KM
        # Stronger than the distance: not one question was answered by it, so the guess is the area that it serves.
        assert attacker.hits == []


def test_the_order_by_distance_is_the_same_wherever_one_stands(own: OwnDirectory, hidden: list[Shelter]) -> None:
    """Where shelters are listed beside places with a distance, standing next to one does not move it."""
    orders = []
    for shelter in (None, *hidden[:20]):
        near = {"near": f"{shelter.latitude:.4f},{shelter.longitude:.4f}"} if shelter else {}
        asked = {"search": "safe house", "per_page": "100", **near}
        answer = own.client.get("/services", params={**asked, "within_km": "1000"} if shelter else asked)
        assert answer.status_code == 200, answer.text
        orders.append([service["id"] for service in answer.json()["contents"]])
    assert orders[0]
    assert all(order == [] for order in orders[1:])


def test_the_attack_would_find_a_service_that_hides_nothing(own: OwnDirectory, hidden: list[Shelter]) -> None:
    """The same questions find a public place to the kilometre, so their silence about a shelter means something."""
    page = own.client.get("/service_at_locations", params={"per_page": "1", "full": "true"}).json()["contents"][0]
    place = (page["location"]["latitude"], page["location"]["longitude"])
    answer = own.client.get(
        "/service_at_locations", params={"near": f"{place[0]},{place[1]}", "within_km": "0.5", "per_page": "100"}
    )
    assert answer.json()["total_items"] >= 1
