"""The local Kafka: what its scripts are given is read as it was meant."""

from __future__ import annotations

from pathlib import Path

from deploy.kafka.local import Cluster, format_command


def test_a_clusters_id_that_begins_with_a_dash_is_no_option() -> None:
    cluster = Cluster("unused", 1, 21_000, "-ab3cDEfGhIjKlMnOpQrSt")
    command = format_command(cluster, Path("server.properties"))
    assert "--cluster-id=-ab3cDEfGhIjKlMnOpQrSt" in command
    assert not [part for part in command if part.startswith("-ab3")]
