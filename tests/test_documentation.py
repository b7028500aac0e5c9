"""The documentation says what is so: links, commands, examples, settings, pictures."""

from __future__ import annotations

import ast
import doctest
import os
import re
import shlex
import struct
from collections import Counter
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.core.management import get_commands, load_command_class

from cxstats.cli import main as cxstats
from zhiyin.site.cli import main as zhiyin

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
IMAGES = DOCS / "images"
READMES = (ROOT / "README.md", ROOT / "README.zh-CN.md")
PAGES = sorted(
    [*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "bench").glob("*.md")],
)
MOST_IMAGE_BYTES = 2_500_000
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)|<img src=\"([^\"]+)\"")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
VARIABLE = re.compile(r"\b(ZHIYIN_[A-Z_]+[A-Z]|DATABASE_URL)\b")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def targets(page: Path) -> list[str]:
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    return [unquote(first or second) for first, second in LINK.findall(text)]


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        for heading in headings
    }


def blocks(page: Path, language: str) -> list[str]:
    found = FENCE.findall(page.read_text(encoding="utf-8"))
    return [code for kind, code in found if kind == language]


def commands_of(page: Path) -> list[list[str]]:
    """Return the command lines a page shows, in code spans and in code blocks."""
    text = page.read_text(encoding="utf-8")
    spans = re.findall(r"(?<!`)`([^`\n]+)`(?!`)", FENCE.sub("", text))
    lines = re.findall(r"^ {4}(.+)$", text, re.MULTILINE)
    lines += [line.removeprefix("$ ") for code in blocks(page, "console")
              for line in code.splitlines()]  # fmt: skip
    found = []
    for line in spans + lines:
        words = (
            re.sub(r"(?<=\s)\[|\](?=\s|$)|\.\.\.", " ", line)
            .replace(".venv/bin/", "")
            .split()
        )
        if words and re.fullmatch(r"zhiyin|cxstats|scripts/[\w.]+", words[0]):
            found.append(words)
    return found


def help_of(main, words: list[str], capsys) -> str:
    with pytest.raises(SystemExit) as end:
        main([*words, "--help"])
    assert end.value.code == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_to_something_that_is_there(page: Path) -> None:
    broken = []
    for target in targets(page):
        path, _hash, anchor = target.partition("#")
        if re.match(r"https?://|mailto:", target):
            continue
        there = (page.parent / path).resolve() if path else page
        if not there.exists() or (anchor and anchor not in anchors(there)):
            broken.append(target)
    assert broken == []


def test_the_index_lists_every_document() -> None:
    index = DOCS / "README.md"
    listed = {(DOCS / target.partition("#")[0]).resolve() for target in targets(index)}
    missing = [page for page in DOCS.rglob("*.md") if page not in {*listed, index}]
    assert [name_of(page) for page in missing] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_scripts_that_are_named_exist(page: Path) -> None:
    named = set(re.findall(r"\bscripts/[\w.-]*\w", page.read_text(encoding="utf-8")))
    missing = [script for script in sorted(named) if not (ROOT / script).is_file()]
    assert missing == []
    tools = [script for script in named if "." not in script]
    assert all(os.access(ROOT / script, os.X_OK) for script in tools)


# Tables of measurements name contestants, which look like commands and are none.
@pytest.mark.parametrize("page", [*ROOT.glob("*.md"), *DOCS.rglob("*.md")], ids=name_of)
def test_commands_and_their_options_exist(page: Path, capsys) -> None:
    for words in commands_of(page):
        options = {word.split("=")[0] for word in words if word.startswith("--")}
        program, rest = words[0], [word for word in words[1:] if word[0] != "-"]
        if program == "cxstats" and rest:
            known = help_of(cxstats, rest[:1], capsys)
        elif program == "zhiyin" and rest[:1] == ["manage"]:
            known = known_to_manage(rest[1])
        elif program == "zhiyin" and rest[:1] == ["import"]:
            known = known_to_manage("import_file")
        elif program == "zhiyin" and rest:
            known = help_of(zhiyin, rest[:1], capsys)
        elif program == "scripts/demo":
            known = help_of(zhiyin, ["demo"], capsys)
        else:
            known = (ROOT / program).read_text("utf-8") if "/" in program else ""
        unknown = [option for option in options - {"--help"} if option not in known]
        assert unknown == [], f"{' '.join(words)}: {unknown}"


def known_to_manage(command: str) -> str:
    application = get_commands()[command]
    made = load_command_class(application, command) if application else None
    return made.create_parser("zhiyin", command).format_help() if made else ""


def test_examples_of_the_readme_run_and_print_what_it_says(
    tmp_path: Path,
    monkeypatch,
    capsys,
) -> None:
    monkeypatch.chdir(tmp_path)
    (example,) = blocks(READMES[0], "pycon")
    case = doctest.DocTestParser().get_doctest(example, {}, "README", "README.md", 0)
    assert doctest.DocTestRunner().run(case) == (0, len(case.examples))
    lines = [line for code in blocks(READMES[0], "console")
             for line in code.splitlines()]  # fmt: skip
    assert lines
    for line in lines:
        program, *words = shlex.split(line.removeprefix("$ "))
        assert program == "cxstats"
        assert cxstats(words) == 0
        assert capsys.readouterr().out


def test_both_readmes_say_the_same() -> None:
    english, chinese = (path.read_text(encoding="utf-8") for path in READMES)
    for mark in (r"^#{1,3} ", r"^\* \*\*", r"^\d\. \*\*", r"^ {4}\S"):
        counts = [
            len(re.findall(mark, text, re.MULTILINE)) for text in (english, chinese)
        ]
        assert counts[0] == counts[1], mark
    assert FENCE.findall(english) == FENCE.findall(chinese)
    names = [
        Counter(re.sub(r"\.(en|zh-hans)\.png$", "", target)
                for target in targets(path) if target.startswith("docs/images/"))
        for path in READMES
    ]  # fmt: skip
    assert names[0] == names[1]


def drawn() -> set[str]:
    """Return the names of the pictures that the script draws."""
    path = ROOT / "scripts" / "screenshots.py"
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "Shot"
        and isinstance(node.args[0], ast.Constant)
    }


def test_pictures_are_real_are_used_and_are_drawn_by_the_script() -> None:
    pictures = sorted(IMAGES.glob("*"))
    assert {picture.name for picture in pictures} == {f"{name}.png" for name in drawn()}
    used = {Path(target).name for page in PAGES for target in targets(page)}
    assert [picture.name for picture in pictures if picture.name not in used] == []
    for picture in pictures:
        head = picture.read_bytes()[:24]
        assert head[:8] == b"\x89PNG\r\n\x1a\n"
        width, height = struct.unpack(">II", head[16:24])
        assert width in {390, 1440}
        assert height > 400
    assert sum(picture.stat().st_size for picture in pictures) < MOST_IMAGE_BYTES


def source_files() -> list[Path]:
    kept = {".py", ".sh", ""}
    return [
        path
        for folder in ("src", "scripts", "tests", "bench", ".ci")
        for path in sorted((ROOT / folder).rglob("*"))
        if path.is_file() and path.suffix in kept and path != Path(__file__).resolve()
    ]


def settings_table() -> dict[str, list[str]]:
    text = (DOCS / "how-to" / "configure.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.+?) \| (.+?) \|$", text, re.MULTILINE)
    assert len(rows) == len({row[0] for row in rows})
    return {name: [default, meaning] for name, default, meaning in rows}


def test_every_environment_variable_is_documented_and_every_documented_one_is_read():
    read = {
        name
        for path in source_files()
        for name in VARIABLE.findall(path.read_text(encoding="utf-8"))
    }
    settings = (ROOT / "src" / "zhiyin" / "site" / "settings.py").read_text("utf-8")
    if "dj_database_url.config(" in settings:
        read.add("DATABASE_URL")
    assert read == set(settings_table())


def test_documented_defaults_are_the_ones_in_the_settings() -> None:
    settings = (ROOT / "src" / "zhiyin" / "site" / "settings.py").read_text("utf-8")
    given = re.findall(r'environ\.get\(\s*"([A-Z_]+)",\s*"([^"]*)",?\s*\)', settings)
    flags = re.findall(r'flag\("([A-Z_]+)", default=(True|False)\)', settings)
    expected = {name: f"`{value}`" if value else "none" for name, value in given}
    expected |= {name: "yes" if on == "True" else "no" for name, on in flags}
    assert len(expected) > 10
    table = settings_table()
    wrong = {
        name: (table[name][0], value)
        for name, value in expected.items()
        if not table[name][0].startswith(value)
    }
    assert wrong == {}


def glossary_rows() -> list[list[str]]:
    text = (DOCS / "glossary.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\|(.+)\|$", text, re.MULTILINE)
    cells = [[cell.strip() for cell in row.split("|")] for row in rows]
    return [row for row in cells if row[0] != "code" and set(row[0]) != {"-"}]


def test_the_glossary_has_one_row_for_one_thing() -> None:
    rows = glossary_rows()
    assert len(rows) > 50
    assert [row for row in rows if len(row) != 5 or not all(row)] == []
    for column in (0, 3):
        words = Counter(row[column] for row in rows if row[column] != "–")
        assert [word for word, times in words.items() if times > 1] == []
    han = re.compile(r"[\u4e00-\u9fff]")
    assert [row for row in rows if row[1] != "–" and not han.search(row[1])] == []


def test_classes_named_in_the_glossary_exist() -> None:
    text = "\n".join(path.read_text("utf-8") for path in source_files())
    names = [row[0].strip("`") for row in glossary_rows()]
    classes = [name for name in names if re.fullmatch(r"[A-Z]\w+", name)]
    assert classes
    missing = [name for name in classes if not re.search(rf"class {name}\b", text)]
    assert missing == []


def test_the_architecture_names_every_part_and_no_other() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    tree = text.partition("## Two packages")[2].partition("## Directions")[0]
    library = {path.stem for path in (ROOT / "src" / "cxstats").iterdir()}
    apps = {path.parent.name for path in (ROOT / "src" / "zhiyin").rglob("apps.py")}
    parts = {part for part in library | apps if not part.startswith("__")}
    tree = "\n".join(re.findall(r"^ {4}.+$", tree, re.MULTILINE))
    named = set(re.findall(r"\b[a-z]+\b", tree))
    assert sorted(parts - named) == []
    folders = {path.name for path in (ROOT / "src").rglob("*") if path.is_dir()}
    assert sorted(set(re.findall(r"\b([a-z]+)/", tree)) - folders - {"src"}) == []


def test_nothing_tells_of_the_machines_it_was_written_on() -> None:
    private = re.compile(r"/work/|/root/|/home/\w|/Users/|/tmp/bash|registry\.npmjs")
    files = [*PAGES, *source_files(), *(ROOT / "changes").glob("*.md")]
    offenders = [
        f"{name_of(path)}: {found.group()}"
        for path in files
        if (found := private.search(path.read_text(encoding="utf-8")))
    ]
    assert offenders == []
