"""`make package`: build the zip that a Teams administrator uploads, checked offline.

The texts live in `manifest.template.json` (pt-BR) and `en-us.json`; the ids come from the
environment. Nothing is written unless all of it is valid by Microsoft's own schemas (`schema/`).
"""

from __future__ import annotations

import io
import json
import re
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jsonschema import Draft4Validator

from manifest.settings import PackageSettings

TARGET = Path("var") / "retencao-teams.zip"
_FOLDER = Path(__file__).parent
_ROOT = _FOLDER.parent
_PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")
_FIRST_MOMENT = (1980, 1, 1, 0, 0, 0)
"""The first moment a zip can tell: the same content always makes the same bytes."""


class PackageRefused(Exception):
    """The package cannot be built. One sentence per problem, each saying what to mend."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(f"- {problem}" for problem in problems))
        self.problems = problems


def build(settings: PackageSettings) -> bytes:
    """Make the whole package, as the bytes of a zip. Raises PackageRefused."""
    if problems := settings.problems():
        raise PackageRefused(problems)
    manifest = fill(_read("manifest.template.json"), settings.values())
    check("manifest.json", manifest, against=_schema(manifest, "MicrosoftTeams"))
    files = {"manifest.json": _as_json(manifest)}
    for name in manifest["icons"].values():
        files[name] = (_FOLDER / name).read_bytes()
    for language in manifest["localizationInfo"]["additionalLanguages"]:
        strings = _read(language["file"])
        schema = _schema(manifest, "MicrosoftTeams.Localization")
        check(language["file"], strings, against=schema)
        files[language["file"]] = _as_json(strings)
    return _zipped(files)


def fill(template: Any, values: Mapping[str, str]) -> Any:
    """Put the values in the place of every `{{NAME}}`. Raises PackageRefused for an unknown one."""
    match template:
        case dict():
            return {key: fill(value, values) for key, value in template.items()}
        case list():
            return [fill(value, values) for value in template]
        case str():
            return _PLACEHOLDER.sub(lambda found: _value(found[1], values), template)
        case _:
            return template


def check(name: str, content: Any, *, against: Mapping[str, Any]) -> None:
    """Check a JSON document by a draft-04 schema. Raises PackageRefused, naming each place."""
    problems = [
        f"{name}, {error.json_path}: {error.message}"
        for error in Draft4Validator(against).iter_errors(content)
    ]
    if problems:
        raise PackageRefused(problems)


def main() -> None:
    """Write the package below the project's root; exit with 1 and sentences when refused."""
    settings = PackageSettings()
    try:
        package = build(settings)
    except PackageRefused as refused:
        sys.exit(f"cannot make the package:\n{refused}\nSee docs/implantacao.md.")
    target = _ROOT / TARGET
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(package)
    sys.stdout.write(
        f"{TARGET}: ready to upload to Teams.\n"
        "Messaging endpoint of the Azure Bot: "
        f"{settings.public_url.removesuffix('/')}/api/messages\n"
    )


def _value(name: str, values: Mapping[str, str]) -> str:
    try:
        return values[name]
    except KeyError:
        raise PackageRefused(
            [f"manifest.template.json asks for {{{{{name}}}}}, which nothing gives."]
        ) from None


def _schema(manifest: Mapping[str, Any], name: str) -> Any:
    return _read(f"schema/v{manifest['manifestVersion']}/{name}.schema.json")


def _read(name: str) -> Any:
    return json.loads((_FOLDER / name).read_text(encoding="utf-8"))


def _as_json(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=2).encode() + b"\n"


def _zipped(files: Mapping[str, bytes]) -> bytes:
    """Zip without compression, whose outcome differs between zlib versions; it is all small."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for entry, content in _entries(files):
            archive.writestr(entry, content)
    return buffer.getvalue()


def _entries(files: Mapping[str, bytes]) -> Iterator[tuple[zipfile.ZipInfo, bytes]]:
    for name, content in sorted(files.items()):
        entry = zipfile.ZipInfo(name, _FIRST_MOMENT)
        entry.create_system = 3  # Unix, whichever machine builds it
        entry.external_attr = 0o644 << 16
        yield entry, content


if __name__ == "__main__":
    main()
