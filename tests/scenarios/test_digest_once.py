"""One digest per leader and day, whatever dies and however many serve: real processes."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from tests.scenarios.process import forget_the_dead, serving

LATER, NOW = "11:59", "00:00"
"""When it is due: not yet, or since midnight."""


@pytest.fixture
def calendar(tmp_path):
    """Business hours at all hours, in a zone where it is nine in the morning."""
    now = datetime.now(UTC)
    ahead = 9 - now.hour
    ahead += 24 if ahead < -12 else 0
    today = (now + timedelta(hours=ahead)).date()
    worked = [today + timedelta(days=day) for day in (-1, 0, 1)]
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    file = tmp_path / "calendar.toml"
    file.write_text(
        f'timezone = "Etc/GMT{-ahead:+d}"\n[week]\n'
        + "".join(f'{day} = ["00:00-24:00"]\n' for day in days)
        + f'[holidays]\ncountry = "BR"\nlocal = []\nworked = [{", ".join(map(str, worked))}]\n'
    )
    return str(file)


def cards(teams):
    """How many cards reached each personal chat."""
    chats = [each for each in teams.conversations() if not each.startswith("19:")]
    return [sum(bool(message.cards) for message in teams.thread(chat)) for chat in chats]


async def states(office, *wanted):
    async with asyncio.timeout(20):
        while True:
            found = sorted(state for (state,) in office.rows("SELECT state FROM digests"))
            if found == sorted(wanted):
                return
            await asyncio.sleep(0.05)


async def test_two_replicas_send_one_to_each_leader(
    postgres_url, teams, calendar, unused_tcp_port_factory
):
    ports = unused_tcp_port_factory(), unused_tcp_port_factory()
    async with serving(postgres_url, teams, ports[0], CALENDAR_FILE=calendar, DIGEST_AT=LATER) as (
        _,
        office,
    ):
        await office.register()

    async with serving(postgres_url, teams, *ports, CALENDAR_FILE=calendar, DIGEST_AT=NOW) as (
        _,
        office,
    ):
        await states(office, "sent", "sent")
        await office.settle()

    assert cards(teams) == [1, 1]


async def test_what_was_out_when_the_process_died_is_not_sent_again(
    database_url, teams, calendar, unused_tcp_port_factory
):
    async with serving(
        database_url, teams, unused_tcp_port_factory(), CALENDAR_FILE=calendar, DIGEST_AT=LATER
    ) as (_, office):
        await office.register()
    held = teams.hold(
        lambda call: call.kind == "send" and call.conversation_id.startswith("a:"), "accepted"
    )
    forget_the_dead(database_url)
    async with serving(
        database_url, teams, unused_tcp_port_factory(), CALENDAR_FILE=calendar, DIGEST_AT=NOW
    ) as (_, office):
        await asyncio.wait_for(held.reached.wait(), 20)
        await states(office, "sending", "sent")
    teams.forget(held)
    forget_the_dead(database_url)

    async with serving(
        database_url, teams, unused_tcp_port_factory(), CALENDAR_FILE=calendar, DIGEST_AT=NOW
    ) as (_, office):
        await states(office, "sent", "sent")
        await office.settle()

    assert cards(teams) == [1, 1]
