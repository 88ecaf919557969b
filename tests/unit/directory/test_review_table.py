"""The table of reviews: what it never allows, whatever the situation, and that the page of it is up to date."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.directory.domain import reviewing
from services.directory.domain.errors import TransitionNotAllowed
from services.directory.domain.listing import Listing, ListingContent, ListingStatus
from services.directory.domain.review import (
    TRANSITIONS,
    Action,
    Review,
    Situation,
    Stage,
    Who,
    allowed_actions,
    transition,
)
from services.directory.domain.review_document import as_markdown

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 3, 2, tzinfo=UTC)
SITUATIONS = [
    Situation(
        stage=stage,
        is_review_required=required,
        is_second_person=second,
        is_closed_or_to_be=closed,
        was_known=known,
    )
    for stage, required, second, closed, known in itertools.product(Stage, *[(False, True)] * 4)
]


def test_the_page_is_up_to_date() -> None:
    written = (ROOT / "docs" / "listing-review.md").read_text(encoding="utf-8")
    assert written == as_markdown(), "run python -m services.directory.entrypoints.cli review-table"


def test_no_situation_has_two_ways_for_one_action() -> None:
    for now in SITUATIONS:
        for action in Action:
            assert sum(row.action is action and row.is_open_in(now) for row in TRANSITIONS) <= 1


def test_where_review_is_required_nothing_new_becomes_public_but_by_a_second_person() -> None:
    public = (Stage.PUBLISHED, Stage.REVISED, Stage.REVISION_IN_REVIEW)
    for now in (each for each in SITUATIONS if each.is_review_required and not each.is_second_person):
        for action in Action:
            row = transition(action, now)
            assert row is None or row.target not in public or now.stage in public
        assert transition(Action.APPROVE, now) is None
        edited = transition(Action.EDIT, now)
        assert edited is None or edited.target is not Stage.PUBLISHED


def test_in_review_nothing_changes_under_the_eyes_of_who_decides() -> None:
    for now in SITUATIONS:
        if now.stage in (Stage.IN_REVIEW, Stage.REVISION_IN_REVIEW):
            assert transition(Action.EDIT, now) is None
            assert transition(Action.RECALL, now) is not None


def test_what_others_may_know_of_is_never_deleted() -> None:
    for now in SITUATIONS:
        may = now.stage is Stage.DRAFT and not now.was_known
        assert (transition(Action.DELETE, now) is not None) is may


def test_every_stage_is_reached_and_left() -> None:
    # Nothing is left of what was deleted.
    assert {row.target for row in TRANSITIONS if row.source is not row.target} | {Stage.DRAFT} == {*Stage, None}
    assert {row.source for row in TRANSITIONS if row.source is not row.target} == set(Stage)


def test_what_is_allowed_is_what_can_be_done() -> None:
    for now in SITUATIONS:
        assert set(allowed_actions(now)) == {action.value for action in Action if transition(action, now)}


@pytest.mark.parametrize(
    ("account", "may"), [("author", False), ("submitter", False), (None, False), ("somebody", True)]
)
def test_who_decides_is_a_person_and_neither_author_nor_submitter(account: str | None, may: bool) -> None:
    assert Review(edited_by="author", submitted_by="submitter").leaves_to_decide(account) is may


def test_a_step_that_is_refused_says_what_may_be_done() -> None:
    waiting = Situation(stage=Stage.IN_REVIEW, is_review_required=True)
    with pytest.raises(TransitionNotAllowed) as refused:
        reviewing.check_step(Action.APPROVE, waiting)
    assert refused.value.members == {"allowed_actions": ["comment", "recall"], "stage": "in_review"}
    assert "Somebody else" in refused.value.detail
    assert {row.who for row in TRANSITIONS if row.action in (Action.APPROVE, Action.REJECT)} == {Who.SECOND_PERSON}


def test_a_listing_sent_back_after_withdrawal_is_a_draft_again() -> None:
    content = ListingContent(name="n", description="d", taxonomy_terms=("t",), languages=("sq",), serves=("AL",))
    listing = Listing(
        id="1", organization_id="2", content=content, created_at=NOW, last_modified=NOW, status=ListingStatus.WITHDRAWN
    )
    reviewing.submit(listing, "a", NOW)
    assert listing.stage is Stage.IN_REVIEW
    reviewing.reject(listing, "wrong", None)
    assert (listing.stage, listing.review.rejected_for) == (Stage.DRAFT, "wrong")
