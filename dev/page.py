"""What the proxy changes in the Playground's own page: six people instead of one."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dev.world import Person, World

Json = dict[str, Any]

_HERE = Path(__file__).parent

# Exact pieces of the pinned version's bundle, each found once. The names are the minifier's.
PATCHES = {
    # A message shows its author, not "whoever acts now, else the bot".
    "e.userId===t.account.id?t.account.name:h.name": "(t.userList.byId[e.userId]||h).name",
    # The account can be switched.
    'name:"account",initialState:(0,U.A)((0,U.A)({},Ohe),{},{loggedIn:!1}),reducers:{}': (
        'name:"account",initialState:(0,U.A)((0,U.A)({},Ohe),{},{loggedIn:!1}),'
        "reducers:{actAs:function(e,t){e.id=t.payload.id;e.name=t.payload.name}}"
    ),
    # The personal chat says whose it is.
    "e.personal.id=n.personalChat.id": (
        "e.personal.id=n.personalChat.id,e.personal.name=n.personalChat.name"
    ),
    # An answer that comes before the page has its own post waits for it (2 s), where the page
    # would lose it; what belongs to posts from before a reload is left out.
    "function*Lle(e){const t=e.actionConversationId,n=Dle(e.message);": (
        "function*Lle(e){const t=e.actionConversationId,n=Dle(e.message),"
        "known=s=>{try{return MM(s,t),!0}catch{return!1}};"
        "for(let i=0;!(yield LE(known));i++){if(i>99)return;yield BE(20)}"
    ),
    'throw new Error("setMessage: Message with ID ".concat(t.payload.id," doesn\'t exists"))': (
        "return"
    ),
    # The bar reaches the page's store.
    "return t.run(Ihe),n}": "return t.run(Ihe),window.playgroundStore=n}",
}


class PageChanged(RuntimeError):
    """The Playground is not the version these patches were written for."""


def patched_script(script: str) -> str:
    """Return the page's script with the patches applied.

    Raises:
        PageChanged: a piece is not there exactly once.
    """
    for piece, replacement in PATCHES.items():
        if script.count(piece) != 1:
            raise PageChanged(piece)
        script = script.replace(piece, replacement)
    return script


def with_bar(page: str, *, world: World, acting: Person) -> str:
    """Return the page's HTML with the bar that says, and changes, who is acting."""
    data = json.dumps(
        {
            "acting": acting.id,
            "channel": {"id": world.channel.id, "type": "channel"},
            "people": [
                {"id": person.id, "name": person.name, "role": person.role_label}
                for person in world.people
            ],
        }
    )
    style = (_HERE / "bar.css").read_text(encoding="utf-8")
    script = (_HERE / "bar.js").read_text(encoding="utf-8")
    bar = (
        f"<style>{style}</style>"
        f'<script type="application/json" id="dev-world">{data}</script>'
        f"<script>{script}</script>"
    )
    return page.replace("</body>", bar + "</body>", 1)


def with_people(config: Json, *, world: World, chats: Mapping[str, Person]) -> Json:
    """Return the page's configuration with everybody's name and personal chat.

    The page knows one personal chat, its own; the others are shown to it as groups.
    """
    inner = config["config"]
    own = inner["personalChat"]["id"]
    groups = [
        {"id": chat, "name": _chat_name(person), "members": [person.id]}
        for chat, person in chats.items()
        if chat != own
    ]
    return {
        **config,
        "config": {
            **inner,
            "users": [{"id": person.id, "name": person.name} for person in world.people],
            "personalChat": {**inner["personalChat"], "name": _chat_name(chats[own])},
            "groupChats": groups,
        },
    }


def _chat_name(person: Person) -> str:
    return f"Chat de {person.name}"
