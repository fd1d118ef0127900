"""The Teams app package: what is refused, what is in it, and that it promises what the bot does."""

from __future__ import annotations

import io
import json
import re
import zipfile

import pytest

from bot.commands import Command, Said
from bot.handlers import ROUTER
from manifest import package
from manifest.package import PackageRefused, build, check, fill
from manifest.settings import PackageSettings

VALID = {
    "app_id": "3f8e21c4-7b6d-4a59-9c1e-52d0a7f4b863",
    "public_url": "https://retencao.contoso.com",
    "developer_name": 'Contoso "Food" & Cia.',
    "developer_url": "https://contoso.com/suporte",
    "privacy_url": "https://contoso.com/privacidade",
    "terms_url": "https://contoso.com/termos?lang=pt-BR",
}


def settings(**changes):
    return PackageSettings(_env_file=None, **(VALID | changes))


def opened(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def files():
    return opened(build(settings()))


@pytest.fixture(scope="module")
def manifest(files):
    return json.loads(files["manifest.json"])


@pytest.fixture(scope="module")
def english(files):
    return json.loads(files["en-us.json"])


def command_lists(manifest):
    return manifest["bots"][0]["commandLists"]


def place(manifest, key):
    """Follow a localisation key, such as `bots[0].commandLists[1].commands[2].title`."""
    found = manifest
    for step in re.findall(r"\w+", key):
        found = found[int(step)] if step.isdigit() else found[step]
    return found


class TestRefusals:
    def test_nothing_set_asks_for_everything_at_once(self, monkeypatch):
        for name in VALID:
            monkeypatch.delenv(name.upper(), raising=False)

        with pytest.raises(PackageRefused) as refused:
            build(PackageSettings(_env_file=None))

        said = refused.value.problems
        assert [line.partition(" is not set: give ")[0] for line in said] == [
            name.upper() for name in VALID
        ]

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("app_id", "28:3f8e21c4-7b6d-4a59-9c1e-52d0a7f4b863"),
            ("app_id", "3f8e21c47b6d4a599c1e52d0a7f4b863"),
            ("app_id", "{{APP_ID}}"),
            ("app_id", "00000000-0000-0000-0000-000000000000"),
            ("app_id", "00000000-0000-0000-0000-00000000b070"),
            ("app_id", "11111111-1111-1111-1111-111111111111\n"),
            ("public_url", "retencao.contoso.com"),
            ("public_url", "http://retencao.contoso.com"),
            ("public_url", "https://retencao.contoso.com/api/messages"),
            ("public_url", "https://retencao.contoso.com?"),
            ("public_url", "https://retencao.contoso.com:port"),
            ("public_url", "https://*.contoso.com"),
            ("public_url", "https://localhost"),
            ("public_url", "https://servidor.local"),
            ("public_url", "https://10.0.0.7"),
            ("public_url", "https://<seu-dominio>"),
            ("developer_name", "x" * 33),
            ("developer_name", "<sua empresa>"),
            ("developer_url", "http://contoso.com"),
            ("developer_url", "contoso.com"),
            ("privacy_url", "https://"),
            ("privacy_url", "https://[contoso"),
            ("privacy_url", "https://eu@contoso.com/"),
            ("terms_url", "https://contoso.com/{{TERMS}}"),
            ("terms_url", "https://contoso.com/termos de uso"),
            ("terms_url", "https://contoso.com/" + "x" * 2048),
        ],
    )
    def test_a_value_that_cannot_be_right_is_named_with_what_to_set(self, name, value):
        with pytest.raises(PackageRefused) as refused:
            build(settings(**{name: value}))

        (sentence,) = refused.value.problems
        assert sentence.startswith(f"{name.upper()} is {value!r}: give ")
        assert sentence.endswith(".")

    def test_a_placeholder_that_nothing_fills_is_refused(self):
        with pytest.raises(PackageRefused, match=r"asks for \{\{SECRET\}\}, which nothing gives"):
            fill({"a": ["{{SECRET}}"]}, {"APP_ID": "x"})

    def test_what_the_official_schema_refuses_is_refused_with_its_place(self, manifest):
        broken = manifest | {"name": {"short": "x" * 31}, "colour": "teal"}
        schema = package._schema(manifest, "MicrosoftTeams")

        with pytest.raises(PackageRefused) as refused:
            check("manifest.json", broken, against=schema)

        assert any("manifest.json, $.name.short: " in line for line in refused.value.problems)
        assert any("'colour' was unexpected" in line for line in refused.value.problems)


class TestZip:
    def test_everything_lies_at_the_root_and_nothing_else(self, files):
        assert sorted(files) == ["color.png", "en-us.json", "manifest.json", "outline.png"]

    def test_the_same_settings_always_make_the_same_bytes(self):
        assert build(settings()) == build(settings())

    def test_no_entry_tells_when_or_where_it_was_built(self):
        with zipfile.ZipFile(io.BytesIO(build(settings()))) as archive:
            entries = archive.infolist()

        assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
        assert {entry.create_system for entry in entries} == {3}

    @pytest.mark.parametrize(
        "public_url",
        [
            "https://retencao.contoso.com",
            "https://retencao.contoso.com/",
            "https://Retencao.contoso.com:8443",
        ],
    )
    def test_the_host_is_that_of_the_public_address(self, public_url):
        package = opened(build(settings(public_url=public_url)))

        assert json.loads(package["manifest.json"])["validDomains"] == ["retencao.contoso.com"]

    def test_no_placeholder_is_left(self, files):
        filled = [name for name, content in files.items() if b"{{" not in content]

        assert sorted(filled) == ["color.png", "en-us.json", "manifest.json", "outline.png"]

    def test_the_command_writes_it_and_says_where_teams_must_send(
        self, monkeypatch, tmp_path, capsys
    ):
        for name, value in VALID.items():
            monkeypatch.setenv(name.upper(), value)
        monkeypatch.setattr(package, "_ROOT", tmp_path)

        package.main()

        assert (tmp_path / "var" / "retencao-teams.zip").read_bytes() == build(settings())
        assert "https://retencao.contoso.com/api/messages" in capsys.readouterr().out

    def test_the_command_refused_writes_nothing(self, monkeypatch, tmp_path):
        monkeypatch.setenv("APP_ID", "not-a-guid")
        monkeypatch.setattr(package, "_ROOT", tmp_path)

        with pytest.raises(SystemExit, match="cannot make the package:\n- APP_ID is 'not-a-guid'"):
            package.main()

        assert list(tmp_path.iterdir()) == []


def test_the_installation_guide_names_every_variable():
    guide = (package._ROOT / "docs" / "implantacao.md").read_text(encoding="utf-8")

    wanted = [name.upper() for name in PackageSettings.model_fields]

    assert "APP_ID" in wanted
    assert [name for name in wanted if f"`{name}`" not in guide] == []


class TestManifest:
    def test_ids_and_addresses_are_those_of_the_environment(self, manifest):
        assert manifest["id"] == VALID["app_id"]
        assert manifest["bots"][0]["botId"] == VALID["app_id"]
        assert manifest["webApplicationInfo"]["id"] == VALID["app_id"]
        assert manifest["validDomains"] == ["retencao.contoso.com"]
        assert manifest["developer"] == {
            "name": VALID["developer_name"],
            "websiteUrl": VALID["developer_url"],
            "privacyUrl": VALID["privacy_url"],
            "termsOfUseUrl": VALID["terms_url"],
        }

    def test_the_bot_is_offered_in_team_and_personal_chat_and_never_in_group_chats(self, manifest):
        (bot,) = manifest["bots"]

        assert bot["scopes"] == ["team", "personal"]
        assert [one["scopes"] for one in command_lists(manifest)] == [["team"], ["personal"]]
        assert "groupchat" not in json.dumps(manifest).lower()

    def test_only_what_the_bot_does_is_promised(self, manifest):
        assert set(manifest) & {"composeExtensions", "staticTabs", "configurableTabs"} == set()
        assert manifest["bots"][0]["supportsFiles"] is False
        assert "supportsChannelFeatures" not in manifest, "standard channels alone"

    def test_it_asks_for_the_two_permissions_of_the_team_and_no_more(self, manifest):
        asked = manifest["authorization"]["permissions"]["resourceSpecific"]

        assert asked == [
            {"name": "ChannelMessage.Read.Group", "type": "Application"},
            {"name": "TeamMember.Read.Group", "type": "Application"},
        ]
        assert manifest["webApplicationInfo"]["resource"], "Teams: must not be empty for RSC"

    def test_the_bot_name_holds_no_command_word(self, manifest):
        """Teams: clients put the name in the text, and SDKs take it out wherever it stands."""
        name = manifest["name"]["short"].casefold()

        assert "cancelamento" in ROUTER.commands
        assert not any(command in name for command in ROUTER.commands)

    def test_the_version_is_one_teams_can_compare(self, manifest):
        assert re.fullmatch(r"[1-9]\d*\.\d+\.\d+", manifest["version"])


class TestCommandLists:
    def test_every_list_offers_the_commands_of_its_place_and_no_other(self, manifest):
        """Teams shows ten at most; `/avisos` stands on the summary it is about."""
        team, personal = (
            {command["title"] for command in one["commands"]} for one in command_lists(manifest)
        )

        assert personal == set(ROUTER.commands) - {"anotar", "avisos"}
        assert team == personal - {"treino", "resumo", "relatorio", "apoio"} | {"anotar"}

    @pytest.mark.parametrize("language", ["pt-br", "en-us"])
    def test_every_title_typed_to_the_bot_is_understood_as_its_command(
        self, manifest, english, language
    ):
        typed = {
            english[f"bots[0].commandLists[{at}].commands[{number}].title"]
            if language == "en-us"
            else command["title"]: command["title"]
            for at, one in enumerate(command_lists(manifest))
            for number, command in enumerate(one["commands"])
        }

        understood = {words: ROUTER.book.read(Said(words, addressed=True)) for words in typed}

        assert understood
        assert understood == {words: Command(name, words) for words, name in typed.items()}

    def test_titles_and_descriptions_fit_the_menu(self, manifest, english):
        """Teams' guidelines are stricter than its schema: 32 and 128 characters."""
        texts = [
            (command["title"], command["description"])
            for one in command_lists(manifest)
            for command in one["commands"]
        ]
        texts += [
            (text, english[key.replace(".title", ".description")])
            for key, text in english.items()
            if key.endswith(".title")
        ]

        assert len(texts) > 2
        assert all(len(title) <= 32 and len(text) <= 128 for title, text in texts)


class TestLanguages:
    def test_portuguese_is_the_default_and_english_comes_along(self, manifest):
        assert manifest["localizationInfo"] == {
            "defaultLanguageTag": "pt-br",
            "additionalLanguages": [{"languageTag": "en-us", "file": "en-us.json"}],
        }

    def test_both_files_name_the_schema_of_one_version(self, manifest, english):
        version = f"/v{manifest['manifestVersion']}/"

        assert version in manifest["$schema"]
        assert version in english["$schema"]

    def test_every_key_names_a_text_of_the_manifest_and_every_text_is_translated(
        self, manifest, english
    ):
        expected = {"name.short", "name.full", "description.short", "description.full"}
        expected |= {
            f"bots[0].commandLists[{at}].commands[{number}].{part}"
            for at, one in enumerate(command_lists(manifest))
            for number in range(len(one["commands"]))
            for part in ("title", "description")
        }

        assert set(english) - {"$schema"} == expected
        assert all(isinstance(place(manifest, key), str) for key in expected)

    def test_people_mention_the_bot_by_one_name_in_every_language(self, manifest, english):
        assert english["name.short"] == manifest["name"]["short"]

    def test_texts_fit_what_teams_shows(self, manifest, english):
        for name_short, name_full, short, full in (
            (*manifest["name"].values(), *manifest["description"].values()),
            tuple(text for key, text in english.items() if key[:4] in {"name", "desc"}),
        ):
            assert len(name_short) <= 30
            assert len(name_full) <= 100
            assert len(short) <= 80
            assert len(full) <= 4000
