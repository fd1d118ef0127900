"""A Salesforce to develop and test against: the REST API of one org, held in memory.

`FakeSalesforce` serves it on loopback; `python -m dev.salesforce` does so from a terminal. It is a
small Salesforce and not a list of canned answers: it keeps the traits that break a careless client.
What goes wrong on purpose is in `faults`. The product never imports any of it.
"""

from dev.salesforce.errors import SalesforceError
from dev.salesforce.server import FakeSalesforce

__all__ = ["FakeSalesforce", "SalesforceError"]
