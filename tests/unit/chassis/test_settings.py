"""Settings are read whole or not at all."""

from __future__ import annotations

import pytest

from chassis.settings import ServiceSettings, SettingsError


def test_all_faults_are_listed_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        ServiceSettings.from_environment({"EVENTS_ENGINE": "rabbit", "MAX_BODY_BYTES": "many"})
    text = str(caught.value)
    for name in ("ISSUER", "DATABASE_URL", "EVENTS_ENGINE", "MAX_BODY_BYTES"):
        assert name in text


def test_a_fault_does_not_repeat_the_value() -> None:
    with pytest.raises(SettingsError) as caught:
        ServiceSettings.from_environment({"EVENTS_ENGINE": "s3cret"})
    assert "s3cret" not in str(caught.value)


def test_an_empty_variable_counts_as_absent() -> None:
    environment = {"ISSUER": "https://i", "DATABASE_URL": "postgresql://", "JWKS_URL": ""}
    settings = ServiceSettings.from_environment(environment)
    assert settings.jwks_url == "https://i/oauth/jwks"
    assert settings.events_engine == "postgres"
