"""An organization that offers services, and which agencies may speak for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from typing import Any

from services.directory.domain.review import Review, Stage
from services.directory.domain.translation import Translation, carried_on, check_each_once

# The texts, which can be translated; a second person looks at them, and at what is said of them in other languages.
TEXTS = ("name", "alternate_name", "description")
LANGUAGES = ("source_language", "translations")
CONTACTS = ("email", "website", "phone")
LOOKED_AT = (*TEXTS, *LANGUAGES)
SAID = (*LOOKED_AT, *CONTACTS)


class ReviewRule(Enum):
    """Whether what is published is looked at by a second person first."""

    REQUIRED = "required"
    WAIVED = "waived"


@dataclass(frozen=True, kw_only=True)
class Revision:
    """What an organization is to say once a second person has looked at it, by field, and how far that is.

    ``number`` is that of the last step about it in the organization's history.
    """

    texts: Mapping[str, Any]
    review: Review
    number: int = 0


@dataclass(frozen=True, kw_only=True)
class Waiver:
    """Who has asked that nobody need look any more, and by which rule; it takes effect when a second person agrees.

    Where nobody has by ``expires_at``, it is over.
    """

    rule: ReviewRule | None
    asked_by: str
    asked_at: datetime
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class Organization:
    """A publisher of services.

    ``agency_id`` is the agency that receives referrals to its services, None where it has no part in the
    network. ``maintaining_agency_id`` is the agency that keeps its listings, often a municipality. ``hsds`` holds
    what HSDS 3.1 knows of an organization beyond the fields here, in its own words and with its own ids.
    ``is_public`` is set where somebody published the organization as such, as a feed of others does; without it, the
    public knows of an organization by its public services alone. ``name`` is the official one, whatever it is called in
    the ``translations``. ``revision`` waits beside what is said here, and ``waiver`` beside the rule of review, for
    none but the keepers to read.
    """

    id: str
    name: str
    description: str
    country: str
    agency_id: str | None = None
    maintaining_agency_id: str | None = None
    alternate_name: str | None = None
    email: str | None = None
    website: str | None = None
    phone: str | None = None
    source_language: str | None = None
    translations: tuple[Translation, ...] = ()
    hsds: Mapping[str, Any] = field(default_factory=dict)
    is_public: bool = False
    review: ReviewRule | None = None
    revision: Revision | None = None
    waiver: Waiver | None = None

    def __post_init__(self) -> None:
        """Refuse a text that is translated twice into a language, or into its own."""
        check_each_once(self.translations, self.source_language)

    @property
    def is_review_required(self) -> bool:
        """Say whether a second person looks at what is to be published.

        Where nothing was decided: yes if two agencies keep the listings, for then there is somebody to ask. A single
        agency, which may be a single person, is not locked out of its own listings.
        """
        if self.review is not None:
            return self.review is ReviewRule.REQUIRED
        return None not in self.keepers and len(set(self.keepers)) > 1

    @property
    def keepers(self) -> tuple[str | None, str | None]:
        """Return the agency behind the organization and the one that keeps its listings, either of which may lack."""
        return self.agency_id, self.maintaining_agency_id

    @property
    def stage(self) -> Stage:
        """Return where the revision is; an organization itself is never a draft."""
        if self.revision is None:
            return Stage.PUBLISHED
        return Stage.REVISED if self.revision.review.submitted_at is None else Stage.REVISION_IN_REVIEW

    @property
    def proposed(self) -> Organization:
        """Return the organization as the revision would have it; as it is where none waits."""
        return replace(self, **self.revision.texts, revision=None) if self.revision else self

    def revised(self, said: Mapping[str, Any], at: datetime) -> Organization:
        """Return the organization as it says these of its own fields; what an import said of a phone goes with it."""
        detail = {name: value for name, value in self.hsds.items() if name != "phones" or said["phone"] == self.phone}
        fields: dict[str, Any] = {name: said[name] for name in SAID}
        return replace(self, **fields, hsds=detail).following(self, at)

    def numbered(self, number: int) -> Organization:
        """Return it with the number that the last step about its revision has in the history."""
        return replace(self, revision=replace(self.revision, number=number)) if self.revision else self

    def following(self, before: Organization | None, at: datetime) -> Organization:
        """Return it with its translations dated, and marked where ``before`` said something else."""
        translations = carried_on(
            self.translations,
            known=before.translations if before else (),
            rewritten=[name for name in TEXTS if before and getattr(before, name) != getattr(self, name)],
            source_language=self.source_language,
            at=at,
        )
        return replace(self, translations=translations)

    def may_be_kept_by(self, agency_id: str) -> bool:
        """Say whether this agency may write and change the organization's listings."""
        return agency_id in self.keepers

    def may_be_delegated_by(self, agency_id: str) -> bool:
        """Say whether this agency may choose by name who else keeps them: the one behind it, if there is one."""
        return agency_id == (self.agency_id or self.maintaining_agency_id)
