"""Translations without a C toolchain: extract, update, compile and check with Babel.

Usage: `messages.py update [FOLDER ...]`, `messages.py compile`, `messages.py check`.
A FOLDER is an app such as `src/zhiyin/accounts`; without one, all of them.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as BabelMessage
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.template.base import Lexer, TokenType

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "zhiyin"
LANGUAGES = ("zh_Hans", "zh_Hant")
SINGULAR = {"_", "gettext", "gettext_lazy", "gettext_noop"}
PLURAL = {"ngettext", "ngettext_lazy", "npgettext"}
CONTEXT = {"pgettext", "pgettext_lazy"}

Message = tuple[str | tuple[str, str], str | None]


def apps() -> list[Path]:
    """Return every folder that holds an app, and the site itself."""
    return sorted(path.parent for path in SOURCE.rglob("apps.py"))


def owner(path: Path, folders: list[Path]) -> Path:
    """Return the innermost app a file belongs to."""
    return max((f for f in folders if f in path.parents), key=lambda f: len(f.parts))


def _texts(call: ast.Call) -> list[str]:
    return [
        argument.value
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]


def python_messages(path: Path) -> Iterator[Message]:
    """Yield the marked strings of a Python file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        texts = _texts(node)
        if name in SINGULAR and texts:
            yield texts[0], None
        elif name in PLURAL and len(texts) > 1:
            yield (texts[-2], texts[-1]), None
        elif name in CONTEXT and len(texts) > 1:
            yield texts[1], texts[0]


class TemplateReader:
    """Reads the marked strings of one template, as Django would look them up."""

    literal = re.compile(r"""(?:translate|trans)\s+("[^"]*"|'[^']*')""")
    argument = re.compile(r"""_\("([^"]*)"\)""")
    context = re.compile(r"""context\s+["'](.+?)["']""")

    def __init__(self) -> None:
        self.found: list[Message] = []
        self.parts: list[list[str]] | None = None
        self.trimmed = False
        self.named: str | None = None

    def read(self, text: str) -> list[Message]:
        """Return every message of the template."""
        for token in Lexer(text).tokenize():
            words = token.contents.split()
            is_block = token.token_type == TokenType.BLOCK and words
            tag = words[0] if is_block else ""
            if self.parts is None:
                self.outside(tag, token.contents, words)
            elif tag in {"endblocktranslate", "endblocktrans"}:
                self.close()
            elif tag == "plural":
                self.parts.append([])
            elif token.token_type == TokenType.VAR:
                self.parts[-1].append(f"%({words[0]})s")
            else:
                self.parts[-1].append(token.contents.replace("%", "%%"))
        return self.found

    def outside(self, tag: str, contents: str, words: list[str]) -> None:
        """Handle a token that is not inside a translated block."""
        if not tag:
            return
        named = self.context.search(contents)
        self.named = named.group(1) if named else None
        if tag in {"blocktranslate", "blocktrans"}:
            self.parts, self.trimmed = [[]], "trimmed" in words
        elif (quoted := self.literal.match(contents)) is not None:
            # Django doubles percent signs before it looks a literal up.
            text = quoted.group(1)[1:-1].replace("%", "%%")
            self.found.append((text, self.named))
        else:
            self.found += [(text, None) for text in self.argument.findall(contents)]

    def close(self) -> None:
        """End a translated block."""
        texts = ["".join(part) for part in self.parts or []]
        if self.trimmed:
            texts = [
                " ".join(row.strip() for row in text.splitlines() if row.strip())
                for text in texts
            ]
        plural = (texts[0], texts[1]) if len(texts) > 1 else texts[0]
        self.found.append((plural, self.named))
        self.parts = None


def template_messages(path: Path) -> list[Message]:
    """Return the marked strings of a template."""
    return TemplateReader().read(path.read_text(encoding="utf-8"))


def messages_of(folder: Path, folders: list[Path]) -> Catalog:
    """Return the template catalog of one app."""
    catalog = Catalog(project="Zhiyin", charset="utf-8")
    files = sorted(
        [*folder.rglob("*.py"), *folder.rglob("*.html"), *folder.rglob("*.txt")]
    )
    for path in files:
        if owner(path, folders) != folder or "migrations" in path.parts:
            continue
        read = python_messages if path.suffix == ".py" else template_messages
        for text, context in read(path):
            flags = ["python-format"] if "%(" in str(text) else []
            catalog.add(
                text,
                locations=[(str(path.relative_to(ROOT)), 0)],
                context=context,
                flags=flags,
            )
    return catalog


def po_path(folder: Path, language: str) -> Path:
    """Return where an app's translation lies."""
    return folder / "locale" / language / "LC_MESSAGES" / "django.po"


def load(folder: Path, language: str) -> Catalog:
    """Read a translation, or begin one."""
    path = po_path(folder, language)
    if path.exists():
        with path.open("rb") as file:
            return read_po(file, locale=language)
    return Catalog(locale=language, project="Zhiyin", charset="utf-8")


def is_translated(catalog: Catalog, message: BabelMessage) -> bool:
    """Tell whether a translation is there and says something."""
    known = catalog.get(message.id, context=message.context)
    if known is None:
        return False
    texts = (
        [known.string] if isinstance(known.string, str) else list(known.string or ())
    )
    return bool(texts and texts[0])


def borrow(catalog: Catalog, others: list[Catalog]) -> None:
    """Fill what is empty with what another app already says for the same text."""
    for message in catalog:
        if not message.id or is_translated(catalog, message):
            continue
        for other in others:
            if is_translated(other, message):
                found = other.get(message.id, context=message.context)
                message.string = found.string if found else message.string
                break


def update(chosen: list[Path], folders: list[Path]) -> None:
    """Bring the translations' strings in line with the code."""
    known = {
        language: [load(folder, language) for folder in folders]
        for language in LANGUAGES
    }
    for folder in chosen:
        for language in LANGUAGES:
            # Read anew each time: a catalogue keeps the very messages it is given.
            template = messages_of(folder, folders)
            if not len(template):
                continue
            catalog = load(folder, language)
            catalog.update(template, no_fuzzy_matching=True)
            catalog.obsolete.clear()
            borrow(catalog, known[language])
            path = po_path(folder, language)
            path.parent.mkdir(parents=True, exist_ok=True)
            catalog.header_comment = "# Translations of Zhiyin."
            with path.open("wb") as file:
                write_po(
                    file, catalog, width=100, omit_header=False, include_lineno=False
                )


def compile_all(folders: list[Path]) -> None:
    """Write the binary catalogs that run time reads."""
    for folder in folders:
        for language in LANGUAGES:
            path = po_path(folder, language)
            if path.exists():
                with path.with_suffix(".mo").open("wb") as file:
                    write_mo(file, load(folder, language))


def problems(chosen: list[Path], folders: list[Path]) -> Iterator[str]:
    """Yield every string that is missing or untranslated."""
    for folder in chosen:
        template = messages_of(folder, folders)
        for language in LANGUAGES:
            catalog = load(folder, language)
            for message in template:
                if message.id and not is_translated(catalog, message):
                    yield f"{folder.relative_to(ROOT)} {language}: {message.id!r}"


def conflicts(folders: list[Path]) -> Iterator[str]:
    """Yield every text that two apps translate differently.

    Django merges all catalogues, so one of the two would win everywhere.
    """
    for language in LANGUAGES:
        seen: dict[tuple[str | None, str], tuple[str, str]] = {}
        for folder in folders:
            for message in load(folder, language):
                if not message.id or not message.string:
                    continue
                key, text = (message.context, str(message.id)), str(message.string)
                first = seen.setdefault(key, (text, folder.name))
                if first[0] != text:
                    yield (
                        f"{language}: {message.id!r} is {first[0]} in {first[1]} and "
                        f"{text} in {folder.name}"
                    )


def main(arguments: list[str]) -> int:
    """Run one command."""
    folders = apps()
    command = arguments[0] if arguments else ""
    chosen = [(ROOT / name).resolve() for name in arguments[1:]] or folders
    if command == "update":
        update(chosen, folders)
    elif command == "compile":
        compile_all(folders)
    elif command == "check":
        found = [*problems(chosen, folders), *conflicts(folders)]
        print("\n".join(found) if found else "every string is translated")
        return 1 if found else 0
    else:
        print(__doc__)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
