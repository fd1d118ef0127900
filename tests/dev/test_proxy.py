"""The development proxy between a fake Playground and a bot."""

from typing import Any, NamedTuple

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from dev import page
from dev.proxy import AppIdPresent, DevProxy, refuse_real_teams
from dev.world import load
from tests.dev.fake_playground import OWN_CHAT, FakePlayground

WORLD = load()
ANA, FERNANDA, HELENA = (WORLD.named(name) for name in ("ana", "fernanda", "helena"))
CHANNEL = WORLD.channel.id
THREAD = f"{CHANNEL};messageid=1700000000001"
HELENAS_CHAT = "chat-of-29:lead-helena"


class Bench(NamedTuple):
    http: TestClient[web.Request, web.Application]
    playground: FakePlayground
    bot: list[dict[str, Any]]


@pytest.fixture
async def bench():
    heard = []

    async def hear(request: web.Request) -> web.Response:
        heard.append(await request.json())
        return web.json_response({"statusCode": 200}, status=200)

    bot = web.Application()
    bot.add_routes([web.post("/api/messages", hear)])
    playground = FakePlayground()
    async with TestServer(bot) as bot_server, TestServer(playground.app()) as playground_server:
        proxy = DevProxy(
            world=WORLD,
            acting=ANA,
            bot_url=str(bot_server.make_url("/api/messages")),
            playground_url=str(playground_server.make_url("")).rstrip("/"),
        )
        async with TestClient(TestServer(proxy.app())) as http:
            yield Bench(http, playground, heard)


def connector(conversation: str, rest: str = "") -> str:
    return f"/_connector/v3/conversations/{conversation}{rest}"


class TestWhatAPersonDoes:
    @pytest.mark.parametrize(
        ("place", "is_new_post"), [(CHANNEL, "true"), (THREAD, "false")], ids=["post", "reply"]
    )
    async def test_a_message_goes_on_with_its_author_noted(self, bench, place, is_new_post):
        path = f"/_conversation/v1/conversations/{place}/messages"

        await bench.http.post(path, json={"from": {"id": FERNANDA.id}, "text": "oi"})

        (mention,) = bench.playground.last("/messages")["mentions"]
        assert FERNANDA.id in mention["text"]
        assert f'"isNewPost": {is_new_post}' in mention["text"]

    async def test_a_press_goes_on_as_by_the_person_who_pressed(self, bench):
        press = {"from": {"id": FERNANDA.id}, "conversation": {"id": THREAD}, "value": {}}

        await bench.http.post("/_conversation/v1/invoke", json=press)

        assert bench.playground.last("/invoke")["from"]["id"] == FERNANDA.id

    async def test_a_press_in_a_personal_chat_is_by_its_owner(self, bench):
        press = {"from": {"id": ANA.id}, "conversation": {"id": HELENAS_CHAT}, "value": {}}

        await bench.http.post("/_conversation/v1/invoke", json=press)

        assert bench.playground.last("/invoke")["from"]["id"] == HELENA.id


class TestToTheBot:
    ACTIVITY = {
        "type": "invoke",
        "id": "1",
        "from": {"id": FERNANDA.id},
        "conversation": {"id": THREAD},
    }

    async def test_the_bot_gets_the_activity_as_from_teams(self, bench):
        await bench.http.post("/api/messages", json=self.ACTIVITY)

        assert bench.bot[0]["from"] == FERNANDA.account()
        assert bench.bot[0]["locale"] == "pt-BR"

    async def test_the_bot_s_answer_goes_back(self, bench):
        response = await bench.http.post("/api/messages", json=self.ACTIVITY)

        assert response.status == 200
        assert await response.json() == {"statusCode": 200}

    async def test_message_ids_always_rise(self, bench):
        message = {**self.ACTIVITY, "type": "message", "text": "oi"}
        for _ in range(5):
            await bench.http.post("/api/messages", json=message)

        ids = [int(activity["id"]) for activity in bench.bot]

        assert ids == sorted(set(ids))


class TestFromTheBot:
    @pytest.mark.parametrize("key", [HELENA.id, HELENA.aad_object_id, HELENA.email])
    async def test_a_member_is_found_by_any_of_their_ids(self, bench, key):
        response = await bench.http.get(connector(CHANNEL, f"/members/{key}"))

        member = await response.json()
        assert member["id"] == HELENA.id
        assert member["aadObjectId"] == member["objectId"] == HELENA.aad_object_id
        assert member["userPrincipalName"] == member["email"] == HELENA.email
        assert member["tenantId"] == WORLD.tenant_id

    async def test_an_unknown_member_is_refused_as_teams_does(self, bench):
        response = await bench.http.get(connector(CHANNEL, "/members/29:nobody"))

        assert response.status == 404
        assert (await response.json())["error"]["code"] == "MemberNotFoundInConversation"

    async def test_a_new_post_needs_no_more_than_its_channel(self, bench):
        first = {"type": "message", "text": "oi"}
        new = {"channelData": {"channel": {"id": CHANNEL}}, "activity": first}

        response = await bench.http.post("/_connector/v3/conversations", json=new)

        assert response.status == 201
        created = {"id": f"{CHANNEL};messageid=7", "activityId": "7"}
        assert await response.json() == created

    @pytest.mark.parametrize("key", [HELENA.id, HELENA.aad_object_id])
    async def test_a_personal_chat_is_the_same_by_mri_and_by_entra_id(self, bench, key):
        new = {"members": [{"id": key}], "channelData": {"tenant": {"id": WORLD.tenant_id}}}

        response = await bench.http.post("/_connector/v3/conversations", json=new)

        assert (await response.json())["id"] == HELENAS_CHAT

    async def test_typing_in_a_thread_stops_here(self, bench):
        response = await bench.http.post(connector(THREAD, "/activities"), json={"type": "typing"})

        assert response.status == 202
        assert not [path for _, path, _ in bench.playground.received if "activities" in path]


class TestThePage:
    async def test_it_has_the_bar_with_everybody(self, bench):
        html = await (await bench.http.get("/")).text()

        assert all(person.name in html for person in WORLD.people)
        assert f'"acting": "{ANA.id}"' in html

    async def test_its_script_is_patched(self, bench):
        script = await (await bench.http.get("/static/js/main.abc.js")).text()

        assert page.PATCHES
        assert all(replacement in script for replacement in page.PATCHES.values())

    async def test_it_knows_everybody_and_every_personal_chat(self, bench):
        config = (await (await bench.http.get("/_internal/v1/config")).json())["config"]

        assert config["personalChat"] == {"id": OWN_CHAT, "name": "Chat de Ana Souza"}
        assert [chat["name"] for chat in config["groupChats"]] == [
            f"Chat de {person.name}" for person in WORLD.people if person is not ANA
        ]
        assert [user["name"] for user in config["users"]] == [p.name for p in WORLD.people]

    async def test_it_gets_the_playground_s_messages(self, bench):
        async with bench.http.ws_connect("/_ws_conversation/v1/conversations/stream") as stream:
            frame = await stream.receive_json()

        assert frame["actionConversationId"] == "hello"

    async def test_it_is_told_of_messages_in_other_people_s_chats(self, bench):
        sent = {"type": "message", "text": "Resumo"}
        async with bench.http.ws_connect("/_ws_conversation/v1/conversations/stream") as stream:
            await stream.receive_json()

            await bench.http.post(connector(HELENAS_CHAT, "/activities"), json=sent)
            await bench.http.put(connector(HELENAS_CHAT, "/activities/1700000000009"), json=sent)

            frames = [await stream.receive_json() for _ in range(2)]
        assert [frame["action"] for frame in frames] == ["createMessage", "updateMessage"]
        assert {frame["actionConversationId"] for frame in frames} == {HELENAS_CHAT}
        assert {frame["message"]["messageId"] for frame in frames} == {"1700000000009"}
        assert {frame["message"]["text"] for frame in frames} == {"Resumo"}


def test_another_version_of_the_page_is_refused():
    with pytest.raises(page.PageChanged):
        page.patched_script("return t.run(Ihe),n}")


async def test_a_bot_that_is_gone_is_a_bad_gateway():
    async with TestServer(FakePlayground().app()) as playground_server:
        proxy = DevProxy(
            world=WORLD,
            acting=ANA,
            bot_url="http://127.0.0.1:9/api/messages",
            playground_url=str(playground_server.make_url("")).rstrip("/"),
        )
        async with TestClient(TestServer(proxy.app())) as http:
            response = await http.post("/api/messages", json=TestToTheBot.ACTIVITY)

    assert response.status == 502


def test_the_real_teams_is_refused():
    with pytest.raises(AppIdPresent):
        refuse_real_teams({"APP_ID": "00000000-0000-0000-0000-000000000001"})

    refuse_real_teams({"APP_ID": ""})
