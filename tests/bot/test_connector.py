"""Teams out: what the connector sends, repeats, refuses and reports."""

from __future__ import annotations

import asyncio
import json
import socket
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.connector import Channel, Connector, Team
from bot.connector_errors import (
    ActivityNotFound,
    BadActivity,
    BotBlocked,
    BotNotInRoster,
    BotNotRegistered,
    ConnectorRefused,
    ConnectorUnavailable,
    ConversationNotFound,
    DeliveryUnknown,
    MemberNotFound,
    MessageTooBig,
    NotPermitted,
    ServiceFault,
    UnreadableAnswer,
    UntrustedServiceUrl,
)
from bot.connector_transport import ConnectorLimits
from bot.pacing import Rate
from bot.service_url import TEAMS_HOSTS, trusted_base
from bot.tokens import NoToken, TokenUnavailable
from retention.services.ports.failures import (
    MessageGone,
    PermanentError,
    RetryAfter,
    TransientError,
)
from tests.bot.fake_clock import FakeClock
from tests.fake_connector import FakeConnector, RosterMember, TeamRoom

FIXTURES = Path(__file__).parent.parent / "fixtures" / "teams"
CHANNEL = "19:5e8d0c7b4a3f4d1e9b6a2c8f7d5e3a10@thread.tacv2"
THREAD = f"{CHANNEL};messageid=1795266318870"
LIA = RosterMember(
    mri="29:1bZr8XuWx4qMy1Zg/+=",
    object_id="d9e8f7a6-b5c4-4d32-a1f0-9e8d7c6b5a43",
    name="Lia Ramos",
)


def fixture(name):
    return json.loads((FIXTURES / f"connector-{name}.json").read_text(encoding="utf-8"))


def message(text="oi"):
    return {"type": "message", "text": text}


class ScriptedTokens:
    """Give the tokens in turn; an exception in the script is raised."""

    def __init__(self, *script):
        self._script = list(script)

    async def token(self):
        step = self._script.pop(0)
        if isinstance(step, Exception):
            raise step
        return step


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
async def teams():
    async with FakeConnector([LIA]) as fake:
        yield fake


@pytest.fixture
def make(session, clock):
    def make_connector(*, tokens=None, limits=None, allowed_hosts=None):
        return Connector(
            session=session,
            tokens=tokens or NoToken(),
            limits=limits or ConnectorLimits(),
            allowed_hosts=allowed_hosts,
            clock=clock,
            sleep=clock.sleep,
        )

    return make_connector


@pytest.fixture
def connector(make):
    return make()


@pytest.fixture
def call(connector, teams):
    """Make one call of each kind by its name."""
    at = {"service_url": teams.service_url, "conversation_id": THREAD}

    async def by_name(kind, **more):
        match kind:
            case "send":
                return await connector.send(**at, activity=message(), **more)
            case "update":
                return await connector.update(**at, activity_id="1", activity=message(), **more)
            case "create":
                return await connector.create_conversation(
                    service_url=teams.service_url,
                    parameters=fixture("createconversation-channel-request"),
                )
            case _:
                return await connector.member(**at, member_id=LIA.mri)

    return by_name


class TestCalls:
    async def test_a_sent_message_arrives_and_its_id_comes_back(self, connector, teams):
        sent = await connector.send(
            service_url=teams.service_url, conversation_id=THREAD, activity=message("olá")
        )

        assert [(each.id, each.text) for each in teams.thread(THREAD)] == [(sent, "olá")]

    async def test_an_update_replaces_the_message(self, connector, teams):
        at = {"service_url": teams.service_url, "conversation_id": THREAD}
        sent = await connector.send(**at, activity=message("antes"))

        await connector.update(**at, activity_id=sent, activity=message("depois"))

        assert [(each.text, each.edits) for each in teams.thread(THREAD)] == [("depois", 1)]

    async def test_a_channel_conversation_is_a_thread_with_its_first_message(
        self, connector, teams
    ):
        created = await connector.create_conversation(
            service_url=teams.service_url,
            parameters=fixture("createconversation-channel-request"),
        )

        assert created.conversation_id == f"{CHANNEL};messageid={created.activity_id}"
        assert [each.id for each in teams.thread(created.conversation_id)] == [created.activity_id]

    async def test_a_personal_conversation_is_the_same_each_time(self, connector, teams):
        parameters = {"isGroup": False, "members": [{"id": LIA.mri}], "tenantId": "t"}

        first, second = [
            await connector.create_conversation(
                service_url=teams.service_url, parameters=parameters
            )
            for _ in range(2)
        ]

        assert first == second
        assert first.conversation_id.startswith("a:")
        assert first.activity_id is None

    @pytest.mark.parametrize("member_id", [LIA.mri, LIA.object_id])
    async def test_a_member_is_found_by_either_id(self, connector, teams, member_id):
        found = await connector.member(
            service_url=teams.service_url, conversation_id=THREAD, member_id=member_id
        )

        assert (found.id, found.name, found.object_id) == (LIA.mri, LIA.name, LIA.object_id)

    async def test_ids_travel_percent_encoded(self, connector, teams):
        await connector.send(
            service_url=teams.service_url, conversation_id="a:1/x+y=?#%;z", activity=message()
        )

        assert teams.calls[0].conversation_id == "a:1/x+y=?#%;z"

    async def test_text_with_a_card_has_no_id_to_come_back(self, connector, teams):
        activity = {**message(), "attachments": [{"contentType": "x", "content": {}}]}

        sent = await connector.send(
            service_url=teams.service_url, conversation_id=THREAD, activity=activity
        )

        assert sent == ""

    async def test_a_created_conversation_without_id_cannot_be_used(self, call, teams):
        teams.inject(status=201, json={"ok": True})

        with pytest.raises(UnreadableAnswer):
            await call("create")

    async def test_pages_of_members_without_end_are_not_read_for_ever(self, connector, teams):
        page = {"members": [], "continuationToken": "again"}
        teams.inject(status=200, json=page, times=3)

        with pytest.raises(UnreadableAnswer):
            await connector.members(service_url=teams.service_url, conversation_id=THREAD)

    async def test_the_token_is_sent(self, make, teams):
        connector = make(tokens=ScriptedTokens("secret-token"))

        await connector.member(
            service_url=teams.service_url, conversation_id=THREAD, member_id=LIA.mri
        )

        assert teams.calls[0].authorization == "Bearer secret-token"

    async def test_no_token_is_sent_in_local_mode(self, call, teams):
        await call("send")

        assert teams.calls[0].authorization is None


class TestTeam:
    @pytest.fixture(autouse=True)
    def _installed(self, teams):
        teams.team = TeamRoom(
            id="19:team@thread.tacv2",
            name="Retenção",
            group_id="fbe2bf47-16c8-47cf-b4a5-4b9b187c508b",
            channels=(
                ("19:team@thread.tacv2", None, "standard"),
                (CHANNEL, "RC", "private"),
                ("19:old@thread.skype", "Antigo", None),
            ),
        )

    async def test_a_team_is_known_by_name_and_group(self, connector, teams):
        team = await connector.team(service_url=teams.service_url, team_id="19:team@thread.tacv2")

        assert team == Team(
            id="19:team@thread.tacv2",
            name="Retenção",
            group_id="fbe2bf47-16c8-47cf-b4a5-4b9b187c508b",
        )

    async def test_channels_have_a_kind_where_teams_tells_it(self, connector, teams):
        channels = await connector.channels(
            service_url=teams.service_url, team_id="19:team@thread.tacv2"
        )

        assert channels == [
            Channel(id="19:team@thread.tacv2", name=None, kind="standard"),
            Channel(id=CHANNEL, name="RC", kind="private"),
            Channel(id="19:old@thread.skype", name="Antigo", kind=None),
        ]

    @pytest.mark.parametrize("look", [Connector.team, Connector.channels])
    async def test_a_team_without_the_bot_is_closed_to_it(self, connector, teams, look):
        with pytest.raises(BotNotInRoster):
            await look(connector, service_url=teams.service_url, team_id="19:x@thread.tacv2")

    @pytest.mark.parametrize("look", [Connector.team, Connector.channels])
    async def test_a_team_that_is_not_there_is_not_found(self, connector, teams, look):
        teams.inject(path="/v3/teams/", status=404)

        with pytest.raises(ConversationNotFound):
            await look(connector, service_url=teams.service_url, team_id="19:x@thread.tacv2")


class TestRefusals:
    @pytest.mark.parametrize(
        ("kind", "answer", "expected"),
        [
            ("send", (400, {"error": {"code": "BadArgument", "message": ""}}), BadActivity),
            ("send", (401, {"error": {"code": "BotNotRegistered"}}), BotNotRegistered),
            ("send", (403, {"error": {"code": "BotDisabledByAdmin"}}), BotBlocked),
            ("send", (403, {"error": {"code": "ConversationBlockedByUser"}}), BotBlocked),
            ("send", (403, fixture("error-403-writes-blocked")), BotBlocked),
            ("send", (403, fixture("error-403-not-in-roster")), BotNotInRoster),
            ("send", (403, {"error": {"code": "NotEnoughPermissions"}}), NotPermitted),
            ("send", (403, {"errorCode": 1, "message": "plain"}), NotPermitted),
            ("update", (404, fixture("error-404-activity")), ActivityNotFound),
            ("send", (404, {"error": {"code": "ConversationNotFound"}}), ConversationNotFound),
            ("send", (404, {}), ConversationNotFound),
            ("member", (404, {"error": {"code": "MemberNotFoundInConversation"}}), MemberNotFound),
            ("send", (413, fixture("error-413")), MessageTooBig),
            ("send", (302, {}), ConnectorRefused),
            ("send", (418, {}), ConnectorRefused),
        ],
    )
    async def test_a_final_answer_is_a_typed_error_and_is_not_insisted_on(
        self, call, teams, kind, answer, expected
    ):
        status, body = answer
        teams.inject(status=status, json=body, times=None)

        with pytest.raises(PermanentError) as refused:
            await call(kind)

        assert type(refused.value) is expected
        assert len(teams.calls) == 1

    async def test_the_message_to_edit_being_gone_is_known_to_the_core(self, call):
        with pytest.raises(MessageGone):
            await call("update")

    async def test_an_answer_that_is_no_json_is_still_classified(self, make):
        async def serve(_reader, writer):
            writer.write(b"HTTP/1.1 403 No\r\nContent-Length: 4\r\nConnection: close\r\n\r\nnope")
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]

        async with server:
            with pytest.raises(NotPermitted):
                await make().send(
                    service_url=f"http://127.0.0.1:{port}",
                    conversation_id=THREAD,
                    activity=message(),
                )

    async def test_a_redirect_is_not_followed(self, call, teams):
        teams.inject(status=307, headers={"Location": "http://127.0.0.1:9/"})

        with pytest.raises(ConnectorRefused):
            await call("update")

        assert len(teams.calls) == 1


class TestRepeating:
    @pytest.mark.parametrize("status", [412, 502, 503, 504])
    @pytest.mark.parametrize("kind", ["update", "member"])
    async def test_what_may_be_repeated_is_tried_three_times(self, call, teams, kind, status):
        teams.inject(status=status, times=None)

        with pytest.raises(ConnectorUnavailable):
            await call(kind)

        assert len(teams.calls) == 3

    async def test_a_passing_failure_goes_unnoticed(self, connector, teams):
        at = {"service_url": teams.service_url, "conversation_id": THREAD}
        sent = await connector.send(**at, activity=message())
        teams.inject(status=503, times=2)

        await connector.update(**at, activity_id=sent, activity=message("depois"))

        assert teams.thread(THREAD)[0].text == "depois"

    async def test_pauses_between_tries_fit_in_the_time_allowed(self, call, teams, clock):
        teams.inject(status=503, times=None)

        with pytest.raises(ConnectorUnavailable):
            await call("update")

        assert all(0 < pause <= 2.0 for pause in clock.slept)
        assert len(clock.slept) == 2

    @pytest.mark.parametrize("status", [500, 502, 504])
    @pytest.mark.parametrize("kind", ["send", "create"])
    async def test_a_post_that_may_have_arrived_is_not_repeated(self, call, teams, kind, status):
        teams.inject(status=status, times=None, delivered=True)

        with pytest.raises(DeliveryUnknown) as lost:
            await call(kind)

        assert lost.value.outcome_unknown
        assert len(teams.calls) == 1

    @pytest.mark.parametrize("status", [412, 503])
    async def test_a_post_that_was_turned_away_is_repeated(self, call, teams, status):
        teams.inject(status=status)

        await call("send")

        assert len(teams.thread(THREAD)) == 1

    async def test_a_fault_inside_teams_is_not_insisted_on(self, call, teams):
        teams.inject(status=500, times=None)

        with pytest.raises(ServiceFault):
            await call("update")

        assert len(teams.calls) == 1

    async def test_a_post_whose_line_is_cut_is_of_unknown_outcome(self, call, teams):
        teams.inject(drop=True, delivered=True)

        with pytest.raises(DeliveryUnknown):
            await call("send")

        assert len(teams.thread(THREAD)) == 1

    async def test_an_update_whose_line_is_cut_is_repeated(self, connector, teams):
        at = {"service_url": teams.service_url, "conversation_id": THREAD}
        sent = await connector.send(**at, activity=message())
        teams.inject(method="PUT", drop=True)

        await connector.update(**at, activity_id=sent, activity=message("depois"))

        assert teams.thread(THREAD)[0].text == "depois"

    async def test_a_post_not_answered_in_time_is_of_unknown_outcome(self, make, teams):
        teams.inject(delay=5.0)
        connector = make(limits=ConnectorLimits(total_seconds=0.1))

        with pytest.raises(DeliveryUnknown):
            await connector.send(
                service_url=teams.service_url, conversation_id=THREAD, activity=message()
            )

    async def test_an_update_not_answered_in_time_is_given_up_with_its_time(self, session, teams):
        teams.inject(delay=5.0, times=None)
        connector = Connector(
            session=session,
            tokens=NoToken(),
            limits=ConnectorLimits(total_seconds=0.1),
            allowed_hosts=None,
        )

        with pytest.raises(ConnectorUnavailable):
            await connector.update(
                service_url=teams.service_url,
                conversation_id=THREAD,
                activity_id="1",
                activity=message(),
            )

        assert len(teams.calls) == 1

    async def test_a_refused_connection_is_tried_again_and_known_to_have_sent_nothing(
        self, connector, clock
    ):
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            port = unused.getsockname()[1]

        with pytest.raises(ConnectorUnavailable) as failed:
            await connector.send(
                service_url=f"http://127.0.0.1:{port}", conversation_id=THREAD, activity=message()
            )

        assert not failed.value.outcome_unknown
        assert len(clock.slept) == 2

    async def test_a_token_not_to_be_had_is_asked_for_again(self, make, teams):
        connector = make(tokens=ScriptedTokens(TokenUnavailable("503"), "token"))

        await connector.send(
            service_url=teams.service_url, conversation_id=THREAD, activity=message()
        )

        assert len(teams.thread(THREAD)) == 1


class TestThrottling:
    async def test_a_background_429_is_left_to_the_engine(self, call, teams):
        teams.inject(status=429, headers={"Retry-After": "7"}, json=fixture("error-429"))

        with pytest.raises(RetryAfter) as throttled:
            await call("send")

        assert throttled.value.seconds == 7.0
        assert len(teams.calls) == 1

    @pytest.mark.parametrize(
        ("headers", "seconds"),
        [
            ({"Retry-After": "0"}, 0.0),
            ({"Retry-After": "1.5"}, 1.5),
            (
                {
                    "Retry-After": "Sat, 21 Nov 2026 12:00:30 GMT",
                    "Date": "Sat, 21 Nov 2026 12:00:00 GMT",
                },
                30.0,
            ),
            (
                {
                    "Retry-After": "Sat, 21 Nov 2026 11:00:00 GMT",
                    "Date": "Sat, 21 Nov 2026 12:00:00 GMT",
                },
                0.0,
            ),
            ({"Retry-After": "soon"}, 1.0),
            ({"Retry-After": "-3"}, 1.0),
            ({}, 1.0),
        ],
    )
    async def test_retry_after_is_read_in_every_form(self, call, teams, headers, seconds):
        teams.inject(status=429, headers=headers)

        with pytest.raises(RetryAfter) as throttled:
            await call("update")

        assert throttled.value.seconds == seconds

    async def test_without_a_figure_the_pause_doubles(self, call, teams):
        teams.inject(status=429, times=None)

        seconds = []
        for _ in range(3):
            with pytest.raises(RetryAfter) as throttled:
                await call("update", urgent=False)
            seconds.append(throttled.value.seconds)

        assert seconds == [1.0, 2.0, 4.0]

    async def test_an_urgent_call_sits_a_short_429_out_once(self, call, teams, clock):
        teams.inject(status=429, headers={"Retry-After": "1"})

        await call("send", urgent=True)

        assert clock.slept == [1.0]
        assert len(teams.thread(THREAD)) == 1

    async def test_an_urgent_call_sits_no_second_429_out(self, call, teams):
        teams.inject(status=429, headers={"Retry-After": "1"}, times=None)

        with pytest.raises(RetryAfter):
            await call("send", urgent=True)

        assert len(teams.calls) == 2

    async def test_an_urgent_call_does_not_sit_a_long_429_out(self, call, teams, clock):
        teams.inject(status=429, headers={"Retry-After": "2"})

        with pytest.raises(RetryAfter):
            await call("send", urgent=True)

        assert clock.slept == []

    async def test_a_channel_long_closed_is_not_called_again(self, call, teams):
        teams.inject(status=429, headers={"Retry-After": "60"})
        with pytest.raises(RetryAfter):
            await call("send")

        with pytest.raises(RetryAfter) as throttled:
            await call("send")

        assert throttled.value.seconds == 60.0
        assert len(teams.calls) == 1

    async def test_urgent_calls_never_wait_for_the_pace(self, call, clock):
        await asyncio.gather(*(call("send", urgent=True) for _ in range(20)))

        assert clock.slept == []

    async def test_background_calls_yield_to_urgent_ones(self, call, clock):
        for _ in range(4):
            await call("send", urgent=True)

        await call("send")

        assert sum(clock.slept) == 1.0

    async def test_a_call_that_passes_ends_the_doubling(self, call, teams):
        teams.inject(status=429, every=2, times=None)

        seconds = []
        for _ in range(3):
            await call("send", urgent=False)
            with pytest.raises(RetryAfter) as throttled:
                await call("send")
            seconds.append(throttled.value.seconds)

        assert seconds == [1.0, 1.0, 1.0]

    async def test_background_calls_wait_for_the_pace(self, make, teams, clock):
        connector = make(limits=ConnectorLimits(rates=(Rate(calls=2, seconds=1.0),)))

        for _ in range(5):
            await connector.send(
                service_url=teams.service_url, conversation_id=THREAD, activity=message()
            )

        assert sum(clock.slept) == 2.0

    async def test_twenty_percent_of_failures_loses_and_doubles_nothing_that_may_be_repeated(
        self, connector, teams
    ):
        at = {"service_url": teams.service_url, "conversation_id": THREAD}
        ids = [await connector.send(**at, activity=message(), urgent=True) for _ in range(40)]
        teams.inject(status=503, every=5, times=None)

        for number, sent in enumerate(ids):
            await connector.update(
                **at, activity_id=sent, activity=message(str(number)), urgent=True
            )

        assert [each.text for each in teams.thread(THREAD)] == [str(n) for n in range(40)]
        assert {each.edits for each in teams.thread(THREAD)} == {1}


class TestManyAtOnce:
    async def test_one_slow_conversation_blocks_nobody(self, make, teams):
        teams.inject(path="slow", delay=0.3)
        connector = make()
        slow = asyncio.create_task(
            connector.send(
                service_url=teams.service_url, conversation_id="19:slow", activity=message()
            )
        )

        await asyncio.gather(
            *(
                connector.send(
                    service_url=teams.service_url, conversation_id=f"a:{n}", activity=message()
                )
                for n in range(64)
            )
        )

        assert not slow.done()
        await slow


class TestServiceUrl:
    @pytest.mark.parametrize(
        "url",
        [
            "https://smba.trafficmanager.net/br/",
            "https://SMBA.trafficmanager.net/br",
            "https://smba.trafficmanager.net:443/br/",
            "https://smba.infra.gcc.teams.microsoft.com/teams",
            "https://smba.infra.gov.teams.microsoft.us/teams",
        ],
    )
    def test_teams_own_addresses_are_trusted(self, url):
        assert trusted_base(url, TEAMS_HOSTS) == url.rstrip("/")

    @pytest.mark.parametrize(
        "url",
        [
            "",
            "br/",
            "http://smba.trafficmanager.net/br/",
            "https://smba.trafficmanager.net.evil.example/br/",
            "https://evil.example/smba.trafficmanager.net",
            "https://smba.trafficmanager.net@evil.example/",
            "https://user@smba.trafficmanager.net/",
            "https://smba.trafficmanager.net:8443/br/",
            "https://smba.trafficmanager.net:port/br/",
            "https://[::1/br/",
            "https://smba.trafficmanager.net/br/?x=",
            "https://smba.trafficmanager.net/br/#",
            "https://evil.example\\@smba.trafficmanager.net/",
            "https://127.0.0.1/",
            "https://smba.trafficmanager.net\t/br/",
            "https://smba.trafficmanager.net/br/ ",
            "ftp://smba.trafficmanager.net/",
        ],
    )
    def test_every_other_address_is_refused(self, url):
        with pytest.raises(UntrustedServiceUrl):
            trusted_base(url, TEAMS_HOSTS)

    @pytest.mark.parametrize(
        "url", ["http://127.0.0.1:3978", "http://localhost:1/_connector", "https://[::1]:2/"]
    )
    def test_local_mode_trusts_this_machine(self, url):
        assert trusted_base(url, None) == url.rstrip("/")

    @pytest.mark.parametrize("url", ["https://smba.trafficmanager.net/br/", "http://10.0.0.1/"])
    def test_local_mode_trusts_this_machine_alone(self, url):
        with pytest.raises(UntrustedServiceUrl):
            trusted_base(url, None)

    async def test_nothing_is_sent_to_an_untrusted_address(self, make, teams):
        connector = make(allowed_hosts=TEAMS_HOSTS)

        with pytest.raises(UntrustedServiceUrl):
            await connector.send(
                service_url=teams.service_url, conversation_id=THREAD, activity=message()
            )

        assert teams.calls == []


class TestLogs:
    async def test_a_sent_message_is_logged_without_its_words(self, connector, teams):
        with capture_logs() as logs:
            await connector.send(
                service_url=teams.service_url, conversation_id=THREAD, activity=message()
            )

        assert logs == [
            {
                "event": "connector.sent",
                "log_level": "info",
                "kind": "send",
                "status": 201,
                "ms": 0,
            }
        ]

    async def test_what_is_sent_in_a_turn_is_a_detail_of_it(self, connector, teams):
        with capture_logs() as logs:
            await connector.send(
                service_url=teams.service_url,
                conversation_id=THREAD,
                activity=message(),
                urgent=True,
            )

        assert [one["log_level"] for one in logs] == ["debug"]

    async def test_a_failure_is_logged_with_its_code(self, call):
        with capture_logs() as logs, pytest.raises(ActivityNotFound):
            await call("update")

        assert logs[0]["event"] == "connector.failed"
        assert logs[0]["code"] == "ActivityNotFoundInConversation"

    async def test_every_failure_is_either_passing_or_final(self, call, teams):
        for status in (*range(300, 309), *range(400, 432), *range(500, 512)):
            teams.inject(status=status, times=None)
            with pytest.raises((TransientError, PermanentError)):
                await call("send", urgent=True)
            teams._faults.clear()
