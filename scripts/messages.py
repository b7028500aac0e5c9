"""Translations without a C toolchain: extract, update, compile and check with Babel.

Usage: `messages.py update [FOLDER ...]`, `messages.py compile`, `messages.py check`.
A FOLDER is an app such as `src/zhiyin/accounts`; without one, all of them.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "zhiyin"
LANGUAGES = ("zh_Hans", "zh_Hant")
SINGULAR = {"_", "gettext", "gettext_lazy", "gettext_noop"}
PLURAL = {"ngettext", "ngettext_lazy", "npgettext"}
CONTEXT = {"pgettext", "pgettext_lazy"}

Message = tuple[str | tuple[str, str], str | None, int]


def apps() -> list[Path]:
    """Return every folder that holds an app, and the site itself."""
    return sorted(path.parent for path in SOURCE.rglob("apps.py"))


def owner(path: Path, folders: list[Path]) -> Path:
    """Return the innermost app a file belongs to."""
    return max((f for f in folders if f in path.parents), key=lambda f: len(f.parts))


def _texts(call: ast.Call) -> list[str]:
    kept = []
    for argument in call.args:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            kept.append(argument.value)
    return kept


def python_messages(path: Path) -> Iterator[Message]:
    """Yield the marked strings of a Python file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        texts = _texts(node)
        if name in SINGULAR and texts:
            yield texts[0], None, node.lineno
        elif name in PLURAL and len(texts) > 1:
            yield (texts[-2], texts[-1]), None, node.lineno
        elif name in CONTEXT and len(texts) > 1:
            yield texts[1], texts[0], node.lineno


def template_messages(path: Path) -> Iterator[Message]:
    """Yield the marked strings of a template, as Django itself would look them up."""
    import re

    from django.template.base import Lexer, TokenType

    pieces: list[str] = []
    plural: list[str] | None = None
    inside: tuple[bool, int] | None = None
    context: str | None = None
    for token in Lexer(path.read_text(encoding="utf-8")).tokenize():
        words = token.contents.split()
        tag = words[0] if token.token_type == TokenType.BLOCK and words else ""
        if inside is None:
            named = re.search(r"""context\s+["'](.+?)["']""", token.contents)
            context = named.group(1) if named else None
            if tag in {"translate", "trans"}:
                quoted = re.match(
                    r"""(?:translate|trans)\s+("(?:[^"]*)"|'(?:[^']*)')""",
                    token.contents,
                )
                if quoted:
                    # Django doubles percent signs before it looks a literal up.
                    text = quoted.group(1)[1:-1].replace("%", "%%")
                    yield text, context, token.lineno
            elif tag in {"blocktranslate", "blocktrans"}:
                inside = ("trimmed" in words, token.lineno)
                pieces, plural = [], None
            elif token.token_type == TokenType.BLOCK:
                for quoted_text in re.findall(r"""_\("([^"]*)"\)""", token.contents):
                    yield quoted_text, None, token.lineno
            continue
        if tag in {"endblocktranslate", "endblocktrans"}:
            trimmed, line = inside
            texts = ["".join(part) for part in (pieces, plural) if part is not None]
            if trimmed:
                texts = [
                    " ".join(row.strip() for row in text.splitlines() if row.strip())
                    for text in texts
                ]
            yield texts[0] if plural is None else (texts[0], texts[1]), context, line
            inside = None
        elif tag == "plural":
            plural = []
        else:
            target = pieces if plural is None else plural
            if token.token_type == TokenType.VAR:
                target.append(f"%({words[0]})s")
            else:
                target.append(token.contents.replace("%", "%%"))


def messages_of(folder: Path, folders: list[Path]) -> Catalog:
    """Return the template catalog of one app."""
    catalog = Catalog(project="Zhiyin", charset="utf-8")
    files = sorted([*folder.rglob("*.py"), *folder.rglob("*.html"), *folder.rglob("*.txt")])
    for path in files:
        if owner(path, folders) != folder or "migrations" in path.parts:
            continue
        read = python_messages if path.suffix == ".py" else template_messages
        for text, context, _line in read(path):
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


def update(chosen: list[Path], folders: list[Path]) -> None:
    """Bring the translations' strings in line with the code."""
    for folder in chosen:
        template = messages_of(folder, folders)
        if not len(template):
            continue
        for language in LANGUAGES:
            catalog = load(folder, language)
            catalog.update(template, no_fuzzy_matching=True)
            catalog.obsolete.clear()
            path = po_path(folder, language)
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                write_po(file, catalog, width=100, omit_header=False, include_lineno=False)


def compile_all(folders: list[Path]) -> None:
    """Write the binary catalogs that run time reads."""
    for folder in folders:
        for language in LANGUAGES:
            path = po_path(folder, language)
            if path.exists():
                with path.with_suffix(".mo").open("wb") as file:
                    write_mo(file, load(folder, language))


def problems(folders: list[Path]) -> Iterator[str]:
    """Yield every string that is missing or untranslated."""
    for folder in folders:
        template = messages_of(folder, folders)
        for language in LANGUAGES:
            catalog = load(folder, language)
            for message in template:
                if not message.id:
                    continue
                known = catalog.get(message.id, context=message.context)
                texts = [known.string] if known and isinstance(known.string, str) else []
                if known and not texts:
                    texts = list(known.string)
                if not texts or not texts[0]:
                    yield f"{folder.relative_to(ROOT)} {language}: {message.id!r}"


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
        found = list(problems(chosen))
        print("\n".join(found) if found else "every string is translated")
        return 1 if found else 0
    else:
        print(__doc__)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
