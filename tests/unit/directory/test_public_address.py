"""Where the public reaches the directory is said as the address of a web server, or not at all."""

from __future__ import annotations

import pytest

from chassis.settings import SettingsError
from services.directory.settings import DirectorySettings

NEEDED = {"ISSUER": "https://issuer.example.org", "DATABASE_URL": "postgresql://"}


@pytest.mark.parametrize(
    "text",
    ["directory.example.org", "ftp://example.org", "https://", "https://somebody@example.org", "https://e.org/?a=b"],
)
def test_what_is_no_address_of_a_web_server_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="PUBLIC_URL"):
        DirectorySettings.from_environment({**NEEDED, "PUBLIC_URL": text})


def test_an_address_is_kept_without_the_slash_at_its_end() -> None:
    settings = DirectorySettings.from_environment({**NEEDED, "PUBLIC_URL": "https://directory.example.org/lidhja/"})
    assert settings.public_url == "https://directory.example.org/lidhja"
    assert DirectorySettings.from_environment(NEEDED).public_url == ""
