"""The messenger, as the core sees it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from retention.domain.case import Case
from retention.domain.digest import Digest
from retention.domain.draft import Place
from retention.domain.events import Event
from retention.domain.people import Person, PersonId
from retention.services.ports.cases import CaseThread


class CaseThreads(Protocol):
    """The messenger, as a case sees it. Raises TransientError, PermanentError, MessageGone."""

    async def post_root(self, thread: CaseThread, case: Case) -> Place:
        """Open a thread in the team's channel whose first message is the case card."""
        ...

    async def post_card(self, place: Place, case: Case) -> Place:
        """Send the case card as a new message of the thread; returns the place with its id."""
        ...

    async def update_card(self, place: Place, case: Case) -> None:
        """Edit the living card so that everybody sees the case as it is. Raises MessageGone."""
        ...

    async def update_receipt(self, receipt: Place, case: Case, thread: Place) -> None:
        """Turn the form in the personal chat into a receipt that links to the thread."""
        ...

    async def reply(
        self, place: Place, case: Case, event: Event, mentions: Sequence[Person]
    ) -> str:
        """Say one event in the thread, mentioning people for real; returns the message id."""
        ...

    async def find_root(self, thread: CaseThread, case: Case) -> Place | None:
        """Find the thread that `post_root` may have opened; None: not there, or not to be told.

        Never raises: who cannot read the channel gives None, and so does `find_reply`.
        """
        ...

    async def find_reply(
        self, place: Place, case: Case, event: Event, mentions: Sequence[Person]
    ) -> str | None:
        """Find the reply that `reply` may have sent; returns its id, None when in doubt.

        Of events that read alike, as two equal notes, one counts as said only when the thread has
        a copy for each: rather twice than not at all.
        """
        ...


class PersonalChats(Protocol):
    """The messenger, as somebody alone sees it. Raises TransientError, Unreachable."""

    async def open(self, person: PersonId, *, service_url: str) -> Place:
        """Open the chat with a person; again gives the same one."""
        ...

    async def show_digest(self, place: Place, digest: Digest) -> str:
        """Send a digest as a new message; returns its id."""
        ...
