"""The org at the start: the six people of the local world, queues, customers and their Cases."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from dev import world
from dev.salesforce.database import Database, Row
from dev.salesforce.org import INTEGRATION_USERNAME, Org, picklists
from dev.salesforce.records import Records

_DATA = json.loads(Path(__file__).with_name("org.json").read_text(encoding="utf-8"))
_FIRST_NEW_NUMBER = 12_400


def plant(database: Database, *, now: datetime) -> Org:
    """Fill an empty database and return how its org is set up; ages count from `now`."""
    org = Org(picklists(_DATA["picklists"]))
    transaction = database.begin()
    long_ago = now - timedelta(days=400)
    records = Records(transaction, org, user_id="", at=long_ago)
    bot_id = _user(records, "Bot Retenção", INTEGRATION_USERNAME, username=INTEGRATION_USERNAME)
    records = Records(transaction, org, user_id=bot_id, at=long_ago)
    people = [_user(records, person.name, person.email) for person in world.load().people]
    former = _DATA["former_user"]
    _user(records, former["name"], former["email"], is_active=False)
    queues = {queue["developer_name"]: _queue(records, queue) for queue in _DATA["queues"]}
    org.default_owner_id = queues[_DATA["default_owner"]]
    for customer in _DATA["customers"]:
        _customer(records, org, customer, agent_id=people[0], now=now)
    transaction.commit()
    org.case_numbers = count(_FIRST_NEW_NUMBER)
    return org


def _user(
    records: Records, name: str, email: str, *, username: str | None = None, is_active: bool = True
) -> str:
    """Add a person; a user name looks like an e-mail address and need not be one (Salesforce)."""
    user = {"Name": name, "Email": email, "Username": username or f"{email}.crm"}
    return records.insert_raw("User", user | {"IsActive": is_active, "UserType": "Standard"})


def _queue(records: Records, queue: Mapping[str, Any]) -> str:
    named = {"Name": queue["name"], "DeveloperName": queue["developer_name"], "Type": "Queue"}
    queue_id = records.insert_raw("Group", named)
    for served in queue["serves"]:
        records.insert_raw("QueueSobject", {"QueueId": queue_id, "SobjectType": served})
    return queue_id


def _customer(
    records: Records, org: Org, customer: Mapping[str, Any], *, agent_id: str, now: datetime
) -> None:
    whose: Row = {}
    if "account" in customer:
        account_id = records.create("Account", customer["account"])
        contact_id = records.create("Contact", customer["contact"] | {"AccountId": account_id})
        whose = {"AccountId": account_id, "ContactId": contact_id}
    for case in customer["cases"]:
        opened = now - timedelta(days=case["days_ago"])
        agent = Records(records.transaction, org, user_id=agent_id, at=opened)
        org.case_numbers = iter([case["number"]])
        case_id = agent.create("Case", whose | case["fields"], auto_assign=False)
        if "status" in case:
            later = opened + timedelta(hours=20)
            agent = Records(records.transaction, org, user_id=agent_id, at=later)
            agent.update("Case", case_id, {"Status": case["status"]}, auto_assign=False)
