"""Every activity Teams is known to send is handled, or answered 2xx without effect."""

from __future__ import annotations

import pytest

from tests.scenarios.office import CHANNEL, FIXTURES, fixture, words

ALL = sorted(path.stem for path in FIXTURES.glob("*.json"))
OPENS_A_FORM = {
    "channel-message-mention",
    "channel-message-mention-nbsp-and-user",
    "channel-message-mention-nospace",
    "channel-message-rsc-no-mention",
    "channel-message-targeted-slash-preview",
}
WELCOMES = {
    "conversationupdate-bot-added",
    "conversationupdate-personal-bot-added",
    "installationupdate-add-personal",
    "installationupdate-add-team",
    "installationupdate-add-upgrade",
}
ANSWERS_KINDLY = {
    "personal-message": "Isto é com quem lidera",
    "message-action-submit-fallback": "Este botão não vale mais",
}


@pytest.mark.parametrize("name", ALL)
async def test_each_known_activity_is_answered_2xx_with_the_effect_it_should_have(
    office, teams, name
):
    status, body = await office.deliver(fixture(name))

    sent = [words(card) for call in teams.of_kind("send") for card in _cards(call.body)]
    texts = [call.body.get("text", "") for call in teams.of_kind("send")]
    assert status == 200
    if name in OPENS_A_FORM:
        assert ["Nº do Caso" in card for card in sent] == [True]
    elif name in WELCOMES:
        assert ["Como começar" in card for card in sent] == [True]
    elif name in ANSWERS_KINDLY:
        assert len(sent + [text for text in texts if text]) == 1
        assert ANSWERS_KINDLY[name] in "".join(sent + texts)
    else:
        assert teams.calls == []
    assert (body is not None) == name.startswith("invoke-")


async def test_one_welcome_per_conversation_however_often_install_events_come(office, teams):
    for name in ("installationupdate-add-team", "conversationupdate-bot-added") * 2:
        await office.deliver(fixture(name))

    assert len(teams.of_kind("send")) == 1
    assert teams.of_kind("send")[0].conversation_id == CHANNEL


def _cards(activity):
    return [attachment["content"] for attachment in activity.get("attachments", [])]
