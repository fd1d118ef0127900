"""Whose a case is at the Adm/Fin: claimed, assigned, given back."""

from datetime import timedelta

import pytest

from retention.domain.case_marks import Marks
from retention.domain.desk_events import CaseAssigned, CaseReturned
from retention.domain.errors import AlreadyDone, CannotOwn, IllegalTransition, NotAllowed
from retention.domain.events import CaseClaimed, CaseStatus, ClaimStep
from retention.domain.people import Actor, Person, PersonId, Role
from tests.samples import ANA, BIA, FERNANDA, GUSTAVO, LOST, MONDAY, RENATO, WITH_RC, case

INES = Actor(PersonId("ines"), "Inês Prado", frozenset({Role.ADMFIN}))
LATER = MONDAY + timedelta(hours=1)


def person(actor):
    return Person(actor.id, actor.name, actor.roles)


@pytest.fixture
def claimed():
    found = case()
    found.claim(by=FERNANDA, at=MONDAY)
    return found


@pytest.fixture
def assigned():
    found = case()
    found.assign(by=FERNANDA, at=MONDAY, to=person(INES))
    return found


class TestAssign:
    def test_a_lead_gives_a_case_without_owner_to_an_analyst(self, assigned):
        assert assigned.status is CaseStatus.WITH_ADMFIN
        assert assigned.owner == INES.ref
        assert assigned.claimed is assigned.last(CaseAssigned)

    def test_it_counts_as_claimed(self, assigned):
        assert Marks.of(assigned.history).claimed_at == MONDAY

    def test_a_claimed_case_goes_on_where_it_stands(self, claimed):
        claimed.ask(by=FERNANDA, at=MONDAY, person=ANA.ref, what="Multa?", until=LATER)

        claimed.assign(by=GUSTAVO, at=LATER, to=person(INES))

        assert claimed.owner == INES.ref
        assert claimed.status is CaseStatus.AWAITING_INFO
        assert Marks.of(claimed.history).claimed_at == MONDAY

    def test_a_leader_gives_away_what_waits_for_an_owner_and_nothing_else(self, claimed):
        leader = Actor(PersonId("helena"), "Helena Martins", frozenset({Role.LEADER}))
        waiting = case()

        waiting.assign(by=leader, at=MONDAY, to=person(INES))

        assert waiting.owner == INES.ref
        with pytest.raises(NotAllowed):
            claimed.assign(by=leader, at=MONDAY, to=person(INES))

    @pytest.mark.parametrize("who", [ANA, RENATO, INES])
    def test_nobody_but_a_lead_assigns(self, who):
        found = case()

        with pytest.raises(NotAllowed):
            found.assign(by=who, at=MONDAY, to=person(INES))

        assert found.owner is None

    @pytest.mark.parametrize("to", [ANA, RENATO])
    def test_nobody_but_the_admfin_is_given_a_case(self, to):
        found = case()

        with pytest.raises(CannotOwn):
            found.assign(by=FERNANDA, at=MONDAY, to=person(to))

        assert found.version == 1

    def test_the_same_again_changes_nothing(self, assigned):
        version = assigned.version

        assigned.assign(by=FERNANDA, at=LATER, to=person(INES), seen=version - 1)

        assert assigned.version == version

    def test_of_two_leads_at_once_the_first_one_wins(self, assigned):
        seen = assigned.version - 1

        with pytest.raises(AlreadyDone) as refusal:
            assigned.assign(by=GUSTAVO, at=LATER, to=person(GUSTAVO), seen=seen)

        assert refusal.value.by == FERNANDA.ref
        assert assigned.owner == INES.ref

    def test_a_claim_meanwhile_wins_too(self, claimed):
        with pytest.raises(AlreadyDone):
            claimed.assign(by=GUSTAVO, at=LATER, to=person(INES), seen=1)

        assert claimed.owner == FERNANDA.ref

    def test_whoever_has_it_already_was_faster(self, claimed):
        with pytest.raises(AlreadyDone):
            claimed.assign(by=GUSTAVO, at=LATER, to=person(FERNANDA))

    def test_a_case_of_the_rc_is_nobody_s_to_assign(self):
        with pytest.raises(IllegalTransition):
            case(judgement=WITH_RC).assign(by=FERNANDA, at=MONDAY, to=person(INES))

    def test_an_ended_one_stays_whose_it_was(self, claimed):
        claimed.record_outcome(by=FERNANDA, at=LATER, outcome=LOST)

        with pytest.raises(IllegalTransition):
            claimed.assign(by=GUSTAVO, at=LATER, to=person(INES))

    def test_an_assigned_case_cannot_be_claimed(self, assigned):
        with pytest.raises(AlreadyDone):
            assigned.claim(by=GUSTAVO, at=LATER)

    def test_the_analyst_does_not_end_it(self, assigned):
        with pytest.raises(NotAllowed):
            assigned.record_outcome(by=INES, at=LATER, outcome=LOST)


class TestGiveBack:
    def test_the_case_waits_for_an_owner_again(self, claimed):
        claimed.give_back(by=FERNANDA, at=LATER, why="Férias")

        assert claimed.status is CaseStatus.AWAITING_ADMFIN
        assert claimed.owner is None
        assert claimed.claimed is None
        assert claimed.given_back == claimed.last(CaseReturned)
        assert claimed.given_back.person == FERNANDA.ref

    def test_it_is_no_second_handover_but_the_ladder_begins_anew(self):
        found = case()
        found.escalate_claim(ClaimStep.AGAIN, at=MONDAY)
        found.claim(by=FERNANDA, at=MONDAY)

        found.give_back(by=FERNANDA, at=LATER, why="Férias")

        returned = found.history[-1]
        assert not returned.is_handover
        assert found.handed_over_at == MONDAY
        assert found.unclaimed_since is returned
        assert found.escalations == ()

    def test_it_waits_in_the_report_since_then(self, claimed):
        claimed.give_back(by=FERNANDA, at=LATER, why="Férias")

        marks = Marks.of(claimed.history)
        assert (marks.handed_over_at, marks.claimed_at) == (LATER, None)

    @pytest.mark.parametrize("who", [INES, GUSTAVO])
    def test_its_owner_may_and_any_lead(self, assigned, who):
        assigned.give_back(by=who, at=LATER, why="Férias")

        assert assigned.owner is None

    @pytest.mark.parametrize("who", [ANA, RENATO])
    def test_nobody_else_may(self, assigned, who):
        with pytest.raises(NotAllowed) as refusal:
            assigned.give_back(by=who, at=LATER, why="Férias")

        assert refusal.value.author == INES.ref

    def test_the_same_person_again_changes_nothing(self, assigned):
        assigned.give_back(by=INES, at=LATER, why="Férias")
        version = assigned.version

        assigned.give_back(by=INES, at=LATER, why="Férias")

        assert assigned.version == version

    def test_of_two_at_once_the_second_is_told_who_did_it(self, assigned):
        assigned.give_back(by=INES, at=LATER, why="Férias")

        with pytest.raises(AlreadyDone):
            assigned.give_back(by=GUSTAVO, at=LATER, why="Ela está de férias")

    def test_a_question_ends_with_it(self, claimed):
        claimed.ask(by=FERNANDA, at=MONDAY, person=ANA.ref, what="Multa?", until=LATER)

        claimed.give_back(by=FERNANDA, at=LATER, why="Férias")

        assert claimed.question is None
        assert Marks.of(claimed.history).answer_due_at is None

    def test_a_case_nobody_has_cannot_be_given_back(self):
        with pytest.raises(IllegalTransition):
            case().give_back(by=FERNANDA, at=MONDAY, why="Férias")

    def test_somebody_else_may_claim_it_then(self, claimed):
        claimed.give_back(by=FERNANDA, at=LATER, why="Férias")

        claimed.claim(by=GUSTAVO, at=LATER)

        assert claimed.owner == GUSTAVO.ref
        assert isinstance(claimed.claimed, CaseClaimed)

    def test_giving_it_back_needs_it_again(self, claimed):
        claimed.give_back(by=FERNANDA, at=LATER, why="Férias")
        claimed.claim(by=GUSTAVO, at=LATER)

        with pytest.raises(NotAllowed):
            claimed.give_back(by=BIA, at=LATER, why="Não sei")
