"""What people read: neutral, complete in every language, in their own time."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
import yaml

from services.notify.adapters.templates import FOLDER, Templates
from services.notify.domain.message import Language, Link, ListingsLink, ListingsNotice, Notice
from services.notify.domain.news import KINDS, Urgency

REFERRAL = "0190a7c2-7f00-7000-8000-00000000b001"
DUE = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
# Words that would tell a stranger who looks at the screen what this is about.
TELLING = re.compile(
    r"child|fëmij|dijet|djet|дете|дет|copil|shelter|strehim|skloni|адápост|violen|dhun|nasil|насил|traffick|trafik|трафик",
    re.IGNORECASE,
)


def a_notice(**changes: object) -> Notice:
    values = {
        "reference": "LR-7K3M-2Q9D",
        "urgency": Urgency.URGENT,
        "link": Link("https://portal.example.org/", REFERRAL),
        "due": DUE,
        **changes,
    }
    return Notice(**values)  # type: ignore[arg-type]


@pytest.mark.parametrize("language", list(Language))
def test_no_text_says_what_it_is_about(language: Language) -> None:
    assert not TELLING.search((FOLDER / f"{language.value}.yaml").read_text(encoding="utf-8").partition("\n")[2])


@pytest.mark.parametrize("language", list(Language))
def test_texts_take_nothing_but_the_fields_of_a_notice(language: Language) -> None:
    words = yaml.safe_load((FOLDER / f"{language.value}.yaml").read_text(encoding="utf-8"))
    assert set(re.findall(r"{(\w*)}", words["body"])) == {"reference", "urgency", "due", "link"}
    assert {field for line in words["inbox"].values() for field in re.findall(r"{(\w*)}", line)} == {"reference"}
    assert "{" not in words["subject"]
    listings = words["listings"]
    assert set(re.findall(r"{(\w*)}", listings["body"])) == {"count", "due", "link"}
    assert re.findall(r"{(\w*)}", listings["due"] + listings["failed"]) == ["count"]


@pytest.mark.parametrize("language", list(Language))
def test_every_event_has_a_line_in_every_language(language: Language) -> None:
    templates = Templates()
    for kind in [*KINDS, "notification.failed.v1"]:
        assert "LR-7K3M-2Q9D" in templates.inbox_line(kind, "LR-7K3M-2Q9D", language=language)


@pytest.mark.parametrize("language", list(Language))
def test_a_reminder_of_listings_can_be_written_in_every_language(language: Language) -> None:
    templates = Templates()
    notice = ListingsNotice(7, ListingsLink("https://portal.example.org/"), DUE)
    text = templates.mail(notice, language=language, country="AL")
    assert "7" in text.body
    assert "02.03.2026" in text.body
    assert "https://portal.example.org/listings/confirm" in text.body
    assert "7" in templates.inbox_line("listing.confirmation_due.v1", None, 7, language=language)
    assert templates.inbox_line("notification.failed.v1", None, 7, language=language)


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("urgency", list(Urgency))
def test_a_mail_can_be_written_in_every_language(language: Language, urgency: Urgency) -> None:
    text = Templates().mail(a_notice(urgency=urgency), language=language, country="AL")
    assert "LR-7K3M-2Q9D" in text.body
    assert f"https://portal.example.org/referrals/{REFERRAL}" in text.body
    assert "\n" not in text.subject


def test_a_mail_reads_well() -> None:
    text = Templates().mail(a_notice(), language=Language.ENGLISH, country="RO")
    assert text.subject == "You have a task"
    assert text.body == (
        "You have a task.\n\nReference: LR-7K3M-2Q9D\nUrgency: urgent\nDue: 02.03.2026 18:00 EET\n\n"
        f"Sign in to see it:\nhttps://portal.example.org/referrals/{REFERRAL}\n\n--\n"
        "This message was sent automatically; replies are not read.\n"
        "You can choose which messages you get in your preferences.\n"
    )


def test_a_mail_without_a_deadline_says_nothing_of_one() -> None:
    body = Templates().mail(a_notice(due=None), language=Language.ENGLISH, country=None).body
    assert "Due" not in body
    assert "\n\n\n" not in body
