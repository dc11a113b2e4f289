"""What reaches a browser: the policy's exact text, nothing inline, nothing from elsewhere, no cookie made by hand."""

import ast
import re

import pytest

from comptoir.config.middleware.headers import FIXED, OFFICE_POLICY, TILL_POLICY
from tests.architecture.sources import ROOT, files, name, python_files, tree, under

INLINE = re.compile(
    r"""<script(?![^>]*\bsrc=)[^>]*>|<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*["']|javascript:|\ssrcdoc\s*=""", re.I
)
ELSEWHERE = re.compile(r"""(?:src|href|action)\s*=\s*["'](?:https?:)?//""", re.I)
COOKIE_MAKERS = {
    "comptoir/config/middleware/csrf.py",
    "comptoir/config/middleware/sessions.py",
    "comptoir/config/login.py",
}
# Spelled in pieces: no file of the project names a package index.
INDEXES = [
    ".".join(parts)
    for parts in (("py" + "pi", "org"), ("pythonhosted", "org"), ("npm" + "js", "org"), ("yarn" + "pkg", "com"))
]

REST = (
    "style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; "
    "font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; require-trusted-types-for 'script'"
)


def test_the_policies_say_exactly_this() -> None:
    assert f"default-src 'none'; script-src 'self'; {REST}" == OFFICE_POLICY
    assert f"default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; {REST}" == TILL_POLICY
    assert {key: FIXED[key] for key in list(FIXED)[:5]} == {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }


def test_no_template_holds_a_style_a_script_or_something_from_elsewhere() -> None:
    pages = under("comptoir", ".html") + under("web", ".html")
    assert pages != []
    found = [
        f"{name(path)}: {match.group(0)!r}"
        for path in pages
        for pattern in (INLINE, ELSEWHERE)
        for match in pattern.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize("bad", ['<p style="x">', "<script>1</script>", '<a onclick="x()">', '<img src="//cdn/x.png">'])
def test_the_search_finds_what_it_looks_for(bad: str) -> None:
    assert INLINE.search(bad) or ELSEWHERE.search(bad)


def test_cookies_are_made_in_three_places() -> None:
    makers = {
        name(path)
        for path in python_files("comptoir")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in ("set_cookie", "set_signed_cookie")
    }
    assert makers == COOKIE_MAKERS


def test_no_file_names_a_package_index() -> None:
    suffixes = {".py", ".toml", ".txt", ".in", ".lock", ".json", ".sh", ".md", ".npmrc", ".yml", ".yaml", ""}
    named = [
        f"{name(path)}: {index}"
        for path in files()
        if path.suffix in suffixes
        for index in INDEXES
        if index.encode() in path.read_bytes()
    ]
    assert named == []


def test_security_settings_are_not_weakened() -> None:
    from django.conf import settings

    assert "django.contrib.contenttypes" not in settings.INSTALLED_APPS  # its cache would need a key per dossier
    assert settings.ATOMIC_REQUESTS is False if hasattr(settings, "ATOMIC_REQUESTS") else True
    assert settings.SESSION_COOKIE_SAMESITE == "Strict"
    assert (settings.DATA_UPLOAD_MAX_MEMORY_SIZE, settings.DATA_UPLOAD_MAX_NUMBER_FIELDS) == (2_621_440, 2_000)
    assert "DEBUG = False" in (ROOT / "comptoir/config/settings.py").read_text(encoding="utf-8")
    assert "*" not in settings.ALLOWED_HOSTS
