"""The house rules of the tree, held as tests: layers, generated files, catalogues, and that everything public is documented."""

import ast
import os
import re
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path

import opencc
import pytest
from babel.messages.catalog import Message

from server import generate, locales
from server.app import DOMAINS
from server.reports.words import say
from server.settings import Settings
from sync import errors, version
from tests import requirements
from tests.support.screens import SCREENS, declared, opened_by

ROOT = Path(__file__).resolve().parent.parent
LINES_MAX = 500
DRIVERS = {"sqlite3", "pysqlite3", "aiosqlite", "asyncpg"}
WEB = {"litestar", "uvicorn", "websockets", "starlette"}
OPS = tuple(op for domain in DOMAINS for op in domain.ops)
ROWS = tuple(row for domain in DOMAINS for row in domain.rows)

# Texts that are data by nature: the invented hall, its checklists, and each language's own name for itself.
DATA = ("server/domain/norms/shipped/", "pwa/src/i18n/locale.ts")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def files(*folders: str, suffixes: tuple[str, ...]) -> list[Path]:
    found: list[Path] = []
    for folder in folders:
        for here, inside, names in os.walk(ROOT / folder):
            inside[:] = (name for name in inside if name not in ("node_modules", "dist"))
            found += (path for name in names if (path := Path(here) / name).suffix in suffixes)
    return sorted(found)


@cache
def imports(path: Path) -> tuple[str, ...]:
    """Every module a file imports, as a dotted name; `from a import b` gives `a.b`."""
    return tuple(_imports(path))


def _imports(path: Path) -> Iterator[str]:
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) + "." if node.level else ""
            yield from (f"{base}{node.module or ''}.{alias.name}".strip(".") for alias in node.names)


def top(module: str) -> str:
    return module.split(".")[0]


def importers(modules: set[str], within: tuple[str, ...], allowed: tuple[str, ...]) -> list[str]:
    """Files under `within`, outside `allowed`, that import one of `modules`."""
    found = []
    for path in files(*within, suffixes=(".py",)):
        if not name_of(path).startswith(allowed):
            found += [f"{name_of(path)} imports {module}" for module in imports(path) if top(module) in modules]
    return found


# Layers ---------------------------------------------------------------------------------------------------------------


def test_the_protocol_knows_neither_server_nor_framework_nor_driver() -> None:
    assert importers({"server", "piccolo", *DRIVERS, *WEB}, ("sync",), allowed=()) == []


def test_only_the_store_sees_a_driver() -> None:
    assert importers({"piccolo", *DRIVERS}, ("server",), allowed=("server/store/", "server/__init__.py")) == []


def test_only_the_gateway_and_the_composition_root_see_the_web_framework() -> None:
    assert (
        importers(WEB, ("server",), allowed=("server/gateway/", "server/app.py", "server/__main__.py", "server/serve.py", "server/bench/"))
        == []
    )


def test_a_domain_imports_the_protocol_its_own_folder_the_hall_and_the_rules_of_others() -> None:
    found = []
    for path in files("server/domain", suffixes=(".py",)):
        parts = path.relative_to(ROOT / "server" / "domain").parts
        own = parts[0] if len(parts) > 1 else ""
        for module in imports(path):
            if top(module) != "server":
                continue
            is_own = module.startswith((f"server.domain.{own}", "server.domain.base", "server.domain.hall"))
            if own and not (is_own or re.fullmatch(r"server\.domain\.\w+\.rules(\.\w+)?", module)):
                found.append(f"{name_of(path)} imports {module}")
    assert not found, "\n".join(found)


def test_features_of_the_client_never_import_each_other() -> None:
    found = []
    for path in files("pwa/src/features", suffixes=(".ts", ".tsx")):
        own = path.relative_to(ROOT / "pwa/src/features").parts[0]
        for target in re.findall(r'from "([^"]+)"|import\("([^"]+)"\)', path.read_text(encoding="utf-8")):
            resolved = (path.parent / (target[0] or target[1])).resolve()
            if resolved.is_relative_to(ROOT / "pwa/src/features"):
                other = resolved.relative_to(ROOT / "pwa/src/features").parts[0]
                if other not in (own, "hall"):
                    found.append(f"{name_of(path)} imports {other}")
    assert not found, "\n".join(found)


# Generated files, versions, locks -------------------------------------------------------------------------------------


def test_generated_files_are_fresh() -> None:
    stale = [name_of(p) for p, text in generate.files(OPS, ROWS).items() if p.read_text(encoding="utf-8") != text]
    assert stale == [], "run `python -m server generate`"


def test_a_changed_message_or_row_shape_is_a_decision() -> None:
    assert generate.schema_hash(generate.schema(OPS, ROWS)) == version.SCHEMA_HASH, "see sync/version.py"


def test_the_version_is_said_once() -> None:
    for path in ("pyproject.toml", "pwa/package.json"):
        assert re.search(rf'(?m)^ *"?version"?[:=\s]+"{re.escape(version.SOFTWARE)}"', (ROOT / path).read_text()), path
    assert version.HISTORY[-1].startswith(f"{version.PROTOCOL}:")


@pytest.mark.parametrize("path", sorted(p.name for p in ROOT.glob("requirements*.lock")))
def test_a_lock_pins_every_package_by_hash_and_names_no_host(path: str) -> None:
    text = (ROOT / path).read_text()
    assert "://" not in text
    packages = re.split(r"\n(?=[a-z0-9])", "\n" + re.sub(r"(?m)^ *#.*\n", "", text))[1:]
    assert [p.split()[0] for p in packages if "--hash=sha256:" not in p or "==" not in p] == []


@pytest.mark.parametrize("path", [name_of(p) for p in files(".", suffixes=(".json",)) if p.name == "package-lock.json"])
def test_a_package_lock_names_no_host(path: str) -> None:
    assert '"resolved"' not in (ROOT / path).read_text()


# Words ----------------------------------------------------------------------------------------------------------------


def test_every_catalogue_is_complete_and_says_nothing_forbidden() -> None:
    assert not (found := locales.faults()), "\n".join(found)


def test_shipped_data_is_held_to_the_same_words() -> None:
    data = {
        "items": [{"names": {"zh_Hans": "设置", "zh_Hant_TW": "設置", "en": "Settings"}}],
        "by": {"zh_Hans": {"a": ["登录"]}, "zh_Hant_HK": {"a": ["登录"]}},
    }
    texts = list(locales.spoken(data))
    assert texts == [{"zh_Hans": "设置", "zh_Hant_TW": "設置", "en": "Settings"}, {"zh_Hans": "登录", "zh_Hant_HK": "登录"}]
    assert list(locales.wording_faults("zh_Hant_TW", Message("设置", "設置"))) == ["says 設置, should say 設定"]
    assert list(locales.wording_faults("zh_Hant_HK", Message("登录", "登录"))) == ["holds 录, which is not written there"]
    assert list(locales.wording_faults("zh_Hant_TW", Message("按规范设置", "依規範設置"))) == []


def test_traditional_messages_convert_back_to_their_source_or_are_marked_as_own_wording() -> None:
    assert not (found := locales.unlike_source(opencc.OpenCC("t2s").convert)), "\n".join(found)


def test_a_message_that_is_no_literal_is_refused() -> None:
    with pytest.raises(locales.NotLiteral, match="line 2"):
        list(locales.typescript_messages('t("好");\nt(word);'))
    with pytest.raises(locales.NotLiteral, match="line 1"):
        list(locales.python_messages("N_(word)"))


def test_messages_are_found_after_an_apostrophe_in_markup_and_not_in_comments() -> None:
    source = '<p>it\'s {t("一")}</p>\n// t("二")\nset("三"); tc("ctx", "四")'
    assert list(locales.typescript_messages(source)) == [(None, "一"), ("ctx", "四")]


def test_one_of_something_is_said_in_another_word_than_several_where_a_language_does() -> None:
    assert [say("en", "{n} 处", n=n) for n in (0, 1, 2)] == ["0 places", "1 place", "2 places"]
    assert say("zh_Hant_TW", "{n} 处", n=1).startswith("1 ")
    assert list(locales.message_faults("en", Message("{n} 处", "{n:place}")))


def test_a_message_without_a_translation_and_one_that_is_only_guessed_are_found() -> None:
    assert list(locales.message_faults("en", Message("好"))) == ["is not translated"]
    assert list(locales.message_faults("en", Message("好", "Good", flags=["fuzzy"]))) == ["is fuzzy"]
    assert list(locales.message_faults("en", Message("好", "Good"))) == []


HAN = re.compile(r"[\u3400-\u9fff，。；：？！（）]")


def docstrings(tree: ast.AST) -> set[int]:
    """Ids of the string nodes that stand alone as statements: docstrings, and texts under attributes."""
    return {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant)}


def marked(tree: ast.AST) -> set[int]:
    """Ids of the string nodes inside N_(…)."""
    return {
        id(arg) for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == "N_" for arg in n.args
    }


def test_python_says_nothing_in_chinese_outside_the_catalogues() -> None:
    found = []
    for path in files("sync", "server", suffixes=(".py",)):
        if name_of(path).startswith(DATA):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        known = docstrings(tree) | marked(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and HAN.search(node.value) and id(node) not in known:
                found.append(f"{name_of(path)}:{node.lineno} {node.value!r}")
    assert not found, "\n".join(found)


SPOKEN = re.compile(r'(?<![\w.$])(?:t|N_)\(\s*"(?:[^"\\]|\\.)*"|(?<![\w.$])tc\(\s*"[^"]*",\s*"(?:[^"\\]|\\.)*"')
COMMENT = re.compile(r"/\*.*?\*/|(?<![:\"'])//[^\n]*", re.DOTALL)
ATTRIBUTE = re.compile(r'\b(?:aria-label|title|placeholder|alt|label|hint)="[^"]*[A-Za-z]{2}[^"]*"')
TEXT_NODE = re.compile(r">\s*([A-Za-z][^<>{}=;()]*)</")


def test_the_client_says_nothing_outside_the_catalogues() -> None:
    found = []
    for path in files("pwa/src", suffixes=(".ts", ".tsx")):
        if name_of(path).startswith(DATA) or path.name.endswith(".gen.ts"):
            continue
        source = SPOKEN.sub("", COMMENT.sub("", path.read_text(encoding="utf-8")))
        hits = [line.strip() for line in source.splitlines() if HAN.search(line)]
        if path.suffix == ".tsx":
            hits += ATTRIBUTE.findall(source) + TEXT_NODE.findall(source)
        found += [f"{name_of(path)}: {hit}" for hit in hits]
    assert not found, "\n".join(found)


# Everything public is handled and documented --------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [op.kind for op in OPS])
def test_every_op_kind_has_a_handler_and_is_documented(kind: str) -> None:
    assert sum(kind in domain.handlers for domain in DOMAINS) == 1
    assert f"`{kind}`" in (ROOT / "sync" / "PROTOCOL.md").read_text() + (ROOT / "docs" / "ops.md").read_text()


def test_what_an_institution_answers_is_asked_and_what_is_asked_is_answered() -> None:
    """A question goes to `ask`, or to the `maybe` of presence, which asks where somebody answers."""
    found: dict[str, set[str]] = {"ask": set(), "knows": set()}
    for path in files("server", suffixes=(".py",)):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id if isinstance(node.func, ast.Name) else ""
                said = {"ask": node.args[:1], "knows": node.args[:1], "maybe": node.args[1:2]}.get(name, [])
                words = {one.value for one in said if isinstance(one, ast.Constant) and isinstance(one.value, str)}
                found["knows" if name == "knows" else "ask"] |= words
    answered = {question for domain in DOMAINS for question in domain.answers}
    assert (found["ask"], found["knows"] - answered) == (answered, set())


def test_no_handler_is_left_over() -> None:
    assert {k for domain in DOMAINS for k in domain.handlers} == {op.kind for op in OPS}


@pytest.mark.parametrize("error", [*errors.PROBLEMS, *errors.CODES])
def test_every_error_is_documented(error: str) -> None:
    assert f"`{error}`" in (ROOT / "docs" / "errors.md").read_text()


def test_every_setting_is_documented_and_no_other() -> None:
    documented = set(re.findall(r"^\| `(\w+)` \|", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE))
    assert documented == {field.name for field in fields(Settings)}


def test_every_requirement_is_held_by_a_test_or_says_what_is_missing() -> None:
    assert requirements.without_test() == []
    assert requirements.TABLE.read_text(encoding="utf-8") == requirements.table(), "run `python -m tests.requirements`"


# Tidiness -------------------------------------------------------------------------------------------------------------

SOURCES = files("sync", "server", "pwa/src", "pwa/build", "pwa/test", "tests", suffixes=(".py", ".ts", ".tsx", ".css", ".mjs"))


def test_every_screen_is_looked_at_by_the_journey_of_accessibility() -> None:
    addresses = declared()
    assert len(addresses) > 100
    assert {opened_by(path, addresses) for paths in SCREENS.values() for path in paths} - {""} == set(addresses)


def test_no_source_file_has_grown_too_long() -> None:
    written = [path for path in SOURCES if not path.name.endswith(".gen.ts")]
    assert [name_of(p) for p in written if len(p.read_text(encoding="utf-8").splitlines()) > LINES_MAX] == []


ANYWHERE = re.compile(r"\b(?:TODO|FIXME|XXX)\b|\bbreakpoint\(\)")
IN_THE_CLIENT = re.compile(r"\bconsole\.log\b|\bdebugger;|@ts-ignore|: any\b|\bas any\b|<any>")


def test_no_source_file_has_leftovers() -> None:
    found = []
    for path in SOURCES:
        text = COMMENT.sub("", path.read_text(encoding="utf-8")) if path.suffix in (".ts", ".tsx") else path.read_text(encoding="utf-8")
        hits = ANYWHERE.findall(text) + (IN_THE_CLIENT.findall(text) if path.suffix in (".ts", ".tsx") else [])
        found += [f"{name_of(path)}: {hit}" for hit in hits if path != Path(__file__)]
    assert not found, "\n".join(found)


def test_what_is_cited_is_there() -> None:
    """A document named in a comment or a page can be opened by whoever reads it, and so can the section of the protocol."""
    sources = files("server", "sync", "pwa/src", "pwa/test", "tests", "docs", "tools", suffixes=(".py", ".ts", ".tsx", ".md", ".css"))
    here = {p.name for p in [*ROOT.glob("*.md"), *files("server", "sync", "docs", suffixes=(".md",))]}
    protocol = (ROOT / "sync/PROTOCOL.md").read_text(encoding="utf-8")
    sections = set(re.findall(r"^## (\d+)\.", protocol, re.MULTILINE))
    cited, missing = 0, []
    for path in [*sources, ROOT / "README.md"]:
        text = path.read_text(encoding="utf-8")
        names = re.findall(r"\b[\w-]+\.md\b", text)
        parts = re.findall(r"(?<=§)\d+", " ".join(re.findall(r"PROTOCOL(?:\.md)? (§\d+(?:, §\d+)*)", text)))
        cited += len(names) + len(parts)
        missing += [f"{name_of(path)}: {what}" for what in [*sorted(set(names) - here), *sorted(set(parts) - sections)]]
    assert cited > 100
    assert not missing
