import subprocess
import sys

import pytest
from sqlalchemy import make_url

from retention.storage.lock import DatabaseInUse, SingleProcess

HOLD = """
import sys
from retention.storage.lock import SingleProcess
with SingleProcess(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(sqlite_url):
    process = subprocess.Popen(  # noqa: S603 - our own code
        [sys.executable, "-c", HOLD, sqlite_url], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout
    assert process.stdout.readline() == b"held\n"
    yield process
    process.kill()
    process.communicate()


def test_a_second_serving_process_is_refused(holder, sqlite_url):
    with pytest.raises(DatabaseInUse), SingleProcess(sqlite_url):
        pass


def test_a_link_to_the_file_is_the_same_database(holder, sqlite_url, tmp_path):
    link = tmp_path / "another-name.db"
    link.symlink_to(make_url(sqlite_url).database)

    with pytest.raises(DatabaseInUse), SingleProcess(f"sqlite:///{link}"):
        pass


def test_a_killed_process_lets_go(holder, sqlite_url):
    holder.kill()
    holder.wait()

    with SingleProcess(sqlite_url):
        pass


def test_a_process_that_is_done_lets_go(sqlite_url):
    with SingleProcess(sqlite_url):
        pass

    with SingleProcess(sqlite_url):
        pass


def test_postgresql_serves_many_processes():
    url = "postgresql://localhost/retencao"

    with SingleProcess(url), SingleProcess(url):
        pass
