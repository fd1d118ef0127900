"""The official Microsoft 365 Agents Playground, pinned in `package.json`: check, configure, run."""

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dev.world import Person, World

_HERE = Path(__file__).parent
_NAME = "@microsoft/m365agentsplayground"
_PACKAGE = _HERE / "node_modules" / _NAME
_OLDEST_NODE = 20


class CannotStart(Exception):
    """Something is missing; the message says in pt-BR what to do."""


def check_installed() -> None:
    """Check that Node and the pinned Playground are there.

    Raises:
        CannotStart: one of them is not, or is another version.
    """
    node = shutil.which("node")
    if node is None:
        raise CannotStart(f"Node não encontrado: instale o Node.js {_OLDEST_NODE} ou mais novo.")
    version = subprocess.run(  # noqa: S603 - `node` of the PATH, fixed arguments
        [node, "--version"], capture_output=True, text=True, check=True
    ).stdout.strip()
    if int(version.removeprefix("v").partition(".")[0]) < _OLDEST_NODE:
        raise CannotStart(
            f"O Node instalado é o {version}: instale o Node.js {_OLDEST_NODE} ou mais novo."
        )
    check_version(
        pinned=json.loads((_HERE / "package.json").read_text(encoding="utf-8")), package=_PACKAGE
    )


def check_version(*, pinned: Mapping[str, Any], package: Path) -> None:
    """Check that the Playground's folder holds the version that our `package.json` pins.

    Raises:
        CannotStart: it is not there, or is another version.
    """
    manifest = package / "package.json"
    if not manifest.exists():
        raise CannotStart("O Agents Playground não está instalado: rode `make setup`.")
    installed = json.loads(manifest.read_text(encoding="utf-8"))["version"]
    if installed != pinned["dependencies"][_NAME]:
        raise CannotStart("O Agents Playground instalado é de outra versão: rode `make setup`.")


def command(*, port: int, proxy_url: str) -> list[str]:
    """Return the command that serves the Playground on a port of this machine.

    The Playground sends to `proxy_url` as to the bot, and names it to the bot as its Connector.
    """
    return [
        "node",
        f"--require={_HERE / 'loopback.cjs'}",
        str(_PACKAGE / "cli.js"),
        "start",
        f"--app-endpoint={proxy_url}/api/messages",
        f"--service-url={proxy_url}/_connector",
        "--channel-id=msteams",
        f"--port={port}",
        "--disable-telemetry",
    ]


def environment(*, world: World, acting: Person, folder: Path) -> dict[str, str]:
    """Return the variables the Playground needs, with its configuration written to `folder`."""
    config = folder / "playground.yml"
    # JSON is YAML.
    config.write_text(json.dumps(_configuration(world, acting)), encoding="utf-8")
    return {
        "M365_AGENTS_PLAYGROUND_CONFIG_PATH": str(config),
        "M365_AGENTS_PLAYGROUND_LOGFILE": str(folder / "playground.log"),
        "TEAMSAPPTESTER_BROWSER": "none",
        "NO_PROXY": "127.0.0.1",
        "TZ": "America/Sao_Paulo",
    }


def _configuration(world: World, acting: Person) -> dict[str, Any]:
    """Return the Playground's configuration: the person acting first and exactly five others."""
    others = [person for person in world.people if person is not acting]
    return {
        "version": "0.1.1",
        "tenantId": world.tenant_id,
        "bot": {"id": world.bot.id, "name": world.bot.name},
        "currentUser": _user(acting),
        "users": [_user(person) for person in others],
        "personalChat": {"id": f"a:personal-{acting.first_name}"},
        "groupChat": {"id": "19:grupo@thread.v2", "name": "Grupo"},
        "team": {
            "id": world.team.id,
            "name": world.team.name,
            "aadGroupId": world.team_group_id,
            "channels": [{"id": world.channel.id, "name": world.channel.name}],
        },
    }


def _user(person: Person) -> dict[str, str]:
    given_name, _, surname = person.name.partition(" ")
    return {
        "id": person.id,
        "name": person.name,
        "userPrincipleName": person.email,  # the Playground's spelling
        "aadObjectId": person.aad_object_id,
        "givenName": given_name,
        "surname": surname,
        "email": person.email,
    }
