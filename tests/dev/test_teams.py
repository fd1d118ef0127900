"""The laws of `dev.teams`: what reaches the bot looks like Teams."""

import itertools

import pytest

from dev import teams, world

WORLD = world.load()
ANA, FERNANDA = WORLD.named("ana"), WORLD.named("fernanda")
THREAD = f"{WORLD.channel.id};messageid=1700000000001"


def delivered(posted, *, conversation=THREAD):
    """Do as the Playground with a message of the page: speak as Ana, mentions as entities."""
    mentions = [{"type": "mention", **mention} for mention in posted.get("mentions", [])]
    return {
        "type": "message",
        "id": "2c1f",
        "from": {"id": ANA.id, "name": ANA.name, "aadObjectId": ANA.aad_object_id},
        "conversation": {"id": conversation},
        "text": posted["text"],
        "locale": "en-US",
        "localTimezone": "America/New_York",
        "entities": [*mentions, {"type": "clientInfo", "locale": "en-US", "country": "US"}],
    }


def as_teams(activity, *, owners=None):
    ids = (str(number) for number in itertools.count(1800000000000))
    return teams.as_teams(activity, world=WORLD, owners=owners or {}, next_id=lambda: next(ids))


def marked(message, *, author=FERNANDA, is_new_post=False):
    return teams.mark_message(message, world=WORLD, author=author, is_new_post=is_new_post)


class TestAMessage:
    def test_comes_from_its_author_and_not_from_the_playground_s_user(self):
        posted = marked({"text": "oi"}, author=FERNANDA)

        assert as_teams(delivered(posted))["from"] == FERNANDA.account()

    def test_is_marked_by_a_mention_of_the_bot_so_that_the_playground_delivers_it(self):
        posted = marked({"text": "/cancelamento"})

        assert [mention["mentioned"]["id"] for mention in posted["mentions"]] == [WORLD.bot.id]

    def test_reaches_the_bot_without_the_mark(self):
        mention = {"mentioned": {"id": WORLD.bot.id}, "text": "<at>Bot Retenção</at>"}
        posted = marked({"text": "<at>Bot Retenção</at> oi", "mentions": [mention]})

        entities = as_teams(delivered(posted))["entities"]

        assert [entity.get("text") for entity in entities] == ["<at>Bot Retenção</at>", None]

    def test_that_opens_a_thread_has_the_thread_s_id(self):
        posted = marked({"text": "oi"}, is_new_post=True)

        assert as_teams(delivered(posted))["id"] == "1700000000001"

    def test_that_replies_has_a_number_of_its_own(self):
        assert as_teams(delivered(marked({"text": "oi"})))["id"] == "1800000000000"

    def test_in_a_personal_chat_comes_from_its_owner(self):
        posted = marked({"text": "oi"}, author=ANA)

        activity = as_teams(delivered(posted, conversation="chat"), owners={"chat": FERNANDA})

        assert activity["from"] == FERNANDA.account()

    def test_repeats_its_text_as_html(self):
        posted = marked({"text": "<at>Bot Retenção</at> a < b"})

        (attachment,) = as_teams(delivered(posted))["attachments"]

        assert attachment == {
            "contentType": "text/html",
            "content": '<p><span itemscope="" itemtype="http://schema.skype.com/Mention" '
            'itemid="0">Bot Retenção</span> a &lt; b</p>',
        }


def test_every_activity_is_brazilian():
    activity = as_teams(delivered({"text": "oi"}))

    assert activity["locale"] == "pt-BR"
    assert activity["localTimezone"] == "America/Sao_Paulo"
    assert activity["entities"][-1] == {
        "type": "clientInfo",
        "platform": "Web",
        "locale": "pt-BR",
        "country": "BR",
        "timezone": "America/Sao_Paulo",
    }


@pytest.mark.parametrize("person", WORLD.people, ids=lambda person: person.first_name)
def test_a_press_keeps_the_person_who_pressed(person):
    press = {
        "type": "invoke",
        "id": "2c1f",
        "from": {"id": person.id, "name": person.name},
        "conversation": {"id": THREAD},
        "entities": [],
        "value": {"action": {"verb": "case.claim"}},
    }

    activity = as_teams(press)

    assert activity["from"] == person.account()
    assert activity["id"] == "f:2c1f"
    assert activity["value"] == press["value"]
    assert "attachments" not in activity
