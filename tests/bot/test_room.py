"""Whose an activity is: the bot's, the tenant's, the team's, or nobody's here."""

from __future__ import annotations

import pytest

from bot.room import Foreign, Room

ROOM = Room(
    bot_id="28:bot",
    tenant_id="tenant",
    team_id="19:team",
    team_group_id="group",
    channel_id="19:channel",
    channel_name="Canal",
)


def in_channel(**data):
    return {
        "recipient": {"id": "28:bot"},
        "conversation": {"id": "19:channel;messageid=1", "tenantId": "tenant"},
        "channelData": {"tenant": {"id": "tenant"}, "team": {"id": "19:team"}, **data},
    }


class TestWhyForeign:
    def test_what_happens_in_the_team_is_ours(self):
        assert ROOM.why_foreign(in_channel()) is None

    def test_another_channel_of_the_team_is_ours_to_refuse_kindly(self):
        activity = in_channel() | {"conversation": {"id": "19:other;messageid=1"}}

        assert ROOM.why_foreign(activity) is None

    def test_a_personal_chat_names_no_team(self):
        activity = in_channel() | {"channelData": {"tenant": {"id": "tenant"}}}

        assert ROOM.why_foreign(activity) is None

    @pytest.mark.parametrize("recipient", [{}, {"id": "28:another"}, {"id": 7}, {"id": None}])
    def test_what_is_said_to_another_bot_is_not(self, recipient):
        activity = in_channel() | {"recipient": recipient}

        assert ROOM.why_foreign(activity) is Foreign.RECIPIENT

    def test_the_bot_is_known_in_capitals_too(self):
        assert ROOM.why_foreign(in_channel() | {"recipient": {"id": "28:BOT"}}) is None

    @pytest.mark.parametrize("tenant", [None, {}, {"id": "other"}, {"id": []}, "other"])
    def test_another_tenant_is_not(self, tenant):
        activity = in_channel(tenant=tenant) | {"conversation": {"id": "19:channel"}}

        assert ROOM.why_foreign(activity) is Foreign.TENANT

    def test_the_two_statements_of_the_tenant_must_agree(self):
        activity = in_channel() | {"conversation": {"id": "19:channel", "tenantId": "other"}}

        assert ROOM.why_foreign(activity) is Foreign.TENANT

    @pytest.mark.parametrize(
        "data",
        [
            {"team": {"id": "19:other"}},
            {"team": {"id": 5}},
            {"teamsTeamId": "19:other"},
            {"team": None, "teamsTeamId": "19:other"},
        ],
    )
    def test_another_team_is_not(self, data):
        assert ROOM.why_foreign(in_channel(**data)) is Foreign.TEAM
