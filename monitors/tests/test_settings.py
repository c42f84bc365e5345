"""Settings as functions of what is given; a start that is refused is in processes/test_start.py."""

import contextlib
import os
import sqlite3
import stat
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from uptime_site.addresses import allowed_host, binding, canary, site_url, trusted_origin, url
from uptime_site.database import database
from uptime_site.environment import base_path, plain_lines, port, read
from uptime_site.private import PrivateConnection, secret_key

GOOD_KEY = "a key that is long enough to be taken"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_secret_key_is_made_once_and_kept_to_the_owner(tmp_path: Path) -> None:
    first, second = secret_key("", tmp_path), secret_key("", tmp_path)
    assert (first, len(first) > 50) == (second, True)
    assert [path.name for path in tmp_path.iterdir()] == [".secret_key"]
    assert mode(tmp_path / ".secret_key") == 0o600


def test_two_installations_have_different_keys(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    assert secret_key("", tmp_path) != secret_key("", tmp_path / "other")


def test_a_given_key_is_taken_and_nothing_is_written(tmp_path: Path) -> None:
    assert (secret_key(GOOD_KEY, tmp_path), list(tmp_path.iterdir())) == (GOOD_KEY, [])


@pytest.mark.parametrize("key", ["given", "x" * 31, "ab" * 40, "change me" * 3])
def test_a_key_that_can_be_guessed_is_refused(tmp_path: Path, key: str) -> None:
    with pytest.raises(
        ImproperlyConfigured, match=r"^SECRET_KEY is too easy to guess: it needs 32"
    ):
        secret_key(key, tmp_path)


@pytest.mark.parametrize("text", ["", "\n", "short"])
def test_a_kept_key_that_is_no_key_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / ".secret_key").write_text(text)
    with pytest.raises(ImproperlyConfigured, match=r"\.secret_key is too easy to guess"):
        secret_key("", tmp_path)


@pytest.mark.parametrize("was", [0o644, 0o640, 0o666])
def test_a_kept_key_is_taken_away_from_others(tmp_path: Path, was: int) -> None:
    kept = tmp_path / ".secret_key"
    kept.write_text(GOOD_KEY)
    kept.chmod(was)
    assert (secret_key("", tmp_path), mode(kept)) == (GOOD_KEY, 0o600)


def test_a_key_of_another_owner_that_all_can_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / ".secret_key"
    kept.write_text(GOOD_KEY)
    monkeypatch.setattr(os, "geteuid", lambda: kept.stat().st_uid + 1)
    kept.chmod(0o644)
    with pytest.raises(ImproperlyConfigured, match="is open to every user of this machine"):
        secret_key("", tmp_path)
    kept.chmod(0o640)
    assert secret_key("", tmp_path) == GOOD_KEY


def test_a_folder_that_cannot_be_written_is_said() -> None:
    # Not writable even for root.
    with pytest.raises(ImproperlyConfigured, match=r"^SECRET_KEY is not set, and /proc/.secret_k"):
        secret_key("", Path("/proc"))


@pytest.mark.parametrize("existing", [False, True], ids=["new", "from before"])
def test_a_database_file_and_its_log_are_for_the_owner_alone(
    tmp_path: Path, existing: bool
) -> None:
    path = tmp_path / "db.sqlite3"
    usual = os.umask(0o022)
    try:
        if existing:
            with contextlib.closing(sqlite3.connect(path)) as before:
                before.execute("PRAGMA journal_mode=WAL")
                before.execute("CREATE TABLE old (id)")
        with contextlib.closing(sqlite3.connect(str(path), factory=PrivateConnection)) as opened:
            opened.execute("PRAGMA journal_mode=WAL")
            opened.execute("CREATE TABLE new (id)")
            modes = {found.name: mode(found) for found in tmp_path.iterdir()}
    finally:
        os.umask(usual)
    assert modes == {f"db.sqlite3{end}": 0o600 for end in ("", "-wal", "-shm")}


@pytest.mark.parametrize("name", ["C#", "100%41b", "what?", "two words", "bücher", "a+b", "[x]"])
def test_the_default_database_lies_in_a_folder_of_any_name(name: str) -> None:
    folder = Path("/srv") / name
    assert database("", folder)["NAME"] == f"/srv/{name}/db.sqlite3"


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ("sqlite:////var/lib/u.db", "/var/lib/u.db"),
        ("sqlite:///u.db", "/project/u.db"),
        ("sqlite:///data/u.db", "/project/data/u.db"),
        ("sqlite:////srv/C%23/a%20b.db", "/srv/C#/a b.db"),
        ("sqlite:////srv/c++/u.db", "/srv/c++/u.db"),
        ("sqlite:////srv/100%/u.db", "/srv/100%/u.db"),
        ("sqlite:////srv/bücher/u.db", "/srv/bücher/u.db"),
    ],
)
def test_a_database_url_names_its_file(given: str, path: str) -> None:
    assert database(given, Path("/project"))["NAME"] == path


@pytest.mark.parametrize(
    ("given", "beginning"),
    [
        ("sqlite://:memory:", "DATABASE_URL names a file as"),
        ("sqlite:///:memory:", "DATABASE_URL names a database in memory"),
        ("sqlite:///file:x", "DATABASE_URL names a database in memory"),
        ("sqlite:///file%3Ax", "DATABASE_URL names a database in memory"),
        ("sqlite://", "DATABASE_URL names a file as"),
        ("sqlite:///", "DATABASE_URL names a file as"),
        ("sqlite:////srv/", "DATABASE_URL names a file as"),
        ("sqlite://u.db", "DATABASE_URL names a file as"),
        ("sqlite:u.db", "DATABASE_URL names a file as"),
        ("sqlite:////srv/C#/u.db", "DATABASE_URL names a file as"),
        ("sqlite:////srv/u.db?mode=ro", "DATABASE_URL names a file as"),
        ("sqlite:////srv/u%00.db", "DATABASE_URL names a file with a NUL"),
    ],
)
def test_a_database_url_that_names_no_file_is_refused(given: str, beginning: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"^{beginning}"):
        database(given, Path("/project"))


@pytest.mark.parametrize(
    ("given", "host"),
    [
        ("uptime.example.com", "uptime.example.com"),
        ("UPTIME.Example.COM", "uptime.example.com"),
        ("https://uptime.example.com", "uptime.example.com"),
        ("https://uptime.example.com:8443/some/path", "uptime.example.com"),
        ("uptime.example.com:8443", "uptime.example.com"),
        ("uptime.example.com/", "uptime.example.com"),
        ("uptime.example.com.", "uptime.example.com"),
        (".example.com", ".example.com"),
        ("*.example.com", ".example.com"),
        ("https://*.example.com", ".example.com"),
        ("*", "*"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("i❤.ws", "xn--i-7iq.ws"),
        ("localhost", "localhost"),
        ("192.0.2.7", "192.0.2.7"),
        ("192.0.2.7:80", "192.0.2.7"),
        ("::1", "[::1]"),
        ("[::1]", "[::1]"),
        ("[::1]:8000", "[::1]"),
        ("http://[2001:DB8:0:0::1]:8000/", "[2001:db8::1]"),
    ],
)
def test_an_allowed_host_is_spelled_as_it_is_compared(given: str, host: str) -> None:
    assert allowed_host(given) == host


@pytest.mark.parametrize(
    "given",
    [
        "ftp://example.com",
        "https://",
        "http://*",
        "my_host",
        "192.168.1.*",
        "10.0.0.0/8",
        "example.com/uptime",
        "www.*.com",
        "ada@example.com",
        "example.com:http",
        "example.com:",
        "example.com:99999",
        "fe80::1%eth0",
        "[::1",
        "..",
        ".",
        "a..b",
        "ü ber.example",
        "ü/@x",
        "1.2.3",
        '"example.com"',
        "example.com;",
    ],
)
def test_a_host_that_nothing_can_match_is_refused(given: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"^ALLOWED_HOSTS holds host names like upt"):
        allowed_host(given)


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ("https://uptime.example.com", "https://uptime.example.com"),
        ("https://uptime.example.com/", "https://uptime.example.com"),
        ("https://uptime.example.com/some/path", "https://uptime.example.com"),
        ("HTTPS://Uptime.Example.COM", "https://uptime.example.com"),
        ("https://uptime.example.com:443", "https://uptime.example.com"),
        ("http://uptime.example.com:80/", "http://uptime.example.com"),
        ("https://uptime.example.com:8443", "https://uptime.example.com:8443"),
        ("http://uptime.example.com:443", "http://uptime.example.com:443"),
        ("https://*.Example.com", "https://*.example.com"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("http://[::0:1]:8000", "http://[::1]:8000"),
        ("http://localhost:8000", "http://localhost:8000"),
    ],
)
def test_an_origin_is_spelled_as_browsers_do(given: str, origin: str) -> None:
    assert trusted_origin(given) == origin


@pytest.mark.parametrize(
    "given",
    [
        "uptime.example.com",
        "*",
        "https://",
        "https://*",
        "https://.example.com",
        "ftp://example.com",
        "null",
        "https://example.com:x",
        "https://ada@example.com",
        "https://example.com?x",
        "https://example.com#x",
        "https:///example.com",
    ],
)
def test_an_origin_that_nothing_can_match_is_refused(given: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"^CSRF_TRUSTED_ORIGINS holds addresses like"):
        trusted_origin(given)


@pytest.mark.parametrize(
    ("given", "base_path", "address"),
    [
        ("", "/uptime", ""),
        ("https://uptime.example.com", "", "https://uptime.example.com"),
        (" https://Uptime.example.com:8443/ ", "", "https://uptime.example.com:8443"),
        ("https://example.com", "/uptime", "https://example.com/uptime"),
        ("https://example.com/uptime/", "/uptime", "https://example.com/uptime"),
        # A proxy that takes the path off, so that nobody here knows of it.
        ("https://example.com/uptime", "", "https://example.com/uptime"),
    ],
)
def test_the_address_of_the_site_has_its_base_path_once(
    given: str, base_path: str, address: str
) -> None:
    assert site_url(given, base_path) == address


@pytest.mark.parametrize(
    "given",
    [
        "uptime.example.com",
        "ftp://example.com",
        "https://",
        "https://*.example.com",
        "https://ada@example.com",
        "https://example.com/?a=b",
        "https://example.com/#a",
        "https://example.com/a b",
        "https://[",
    ],
)
def test_an_address_of_the_site_that_makes_no_links_is_refused(given: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"^SITE_URL is an address like"):
        site_url(given, "")


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ("https://example.com", "https://example.com/"),
        ("HTTPS://Example.com:443/a#b", "https://example.com/a"),
        ("http://192.0.2.1:8080/", "http://192.0.2.1:8080/"),
        ("https://[2001:db8::0:1]/", "https://[2001:db8::1]/"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
    ],
)
def test_a_canary_is_an_address_of_the_web(given: str, asked: str) -> None:
    assert canary(given) == asked


@pytest.mark.parametrize(
    "given",
    [
        "example.com",
        "example.com:443",
        "1.1.1.1",
        "ftp://example.com/",
        "https://",
        "https://a:x/",
        "https://ada:secret@example.com/",
    ],
)
def test_what_cannot_be_asked_is_no_canary(given: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"^CANARY_URLS holds addresses like https://"):
        canary(given)


@pytest.mark.parametrize(
    ("given", "listening"),
    [
        ("", "127.0.0.1:8000"),
        (" ", "127.0.0.1:8000"),
        ("0.0.0.0", "0.0.0.0:8000"),
        ("::1", "[::1]:8000"),
        ("[::1]", "[::1]:8000"),
        ("::", "[::]:8000"),
        ("localhost", "localhost:8000"),
        ("uptime-1", "uptime-1:8000"),
        ("unix:/run/uptime.sock", "unix:/run/uptime.sock"),
        ("fd://3", "fd://3"),
    ],
)
def test_where_to_listen_is_spelled_as_gunicorn_does(given: str, listening: str) -> None:
    assert binding(given, 8000) == listening


@pytest.mark.parametrize(
    "given", ["*", "127.0.0.1:9", "http://localhost", "a b", "unix:", "[::1]:9"]
)
def test_nowhere_to_listen_is_refused(given: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"^BIND is an address like"):
        binding(given, 8000)


def test_the_address_that_is_printed_can_be_opened() -> None:
    shown = [url(host, 80, "/up") for host in ("0.0.0.0", "::", "::1", "10.0.0.1")]
    assert shown == [
        "http://127.0.0.1:80/up/",
        "http://[::1]:80/up/",
        "http://[::1]:80/up/",
        "http://10.0.0.1:80/up/",
    ]


def environment(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> dict[str, str]:
    """Give what a `.env` file of this text sets."""
    names = [line.partition("=")[0] for line in plain_lines(text).splitlines()]
    for name in names:
        monkeypatch.delenv(name, raising=False)
    (folder / ".env").write_text(text)
    found = read(folder)
    values = {name: found.str(name) for name in names}
    for name in names:
        monkeypatch.delenv(name)
    return values


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("ZZ=8001", "8001"),
        ("ZZ=8001 # not 8000", "8001"),
        ("ZZ = 8001", "8001"),
        ("export ZZ=8001", "8001"),
        ("  ZZ=8001  ", "8001"),
        ("ZZ='a # b'", "a # b"),
        ("ZZ='a'  # b", "a"),
        ('ZZ="a b" # c', "a b"),
        ("ZZ=a#b", "a#b"),
        ("ZZ=a b", "a b"),
        ("ZZ=it's", "it's"),
        ("ZZ=", ""),
        ("ZZ= # nothing", ""),
        ("# a\n\nZZ=1\r\n", "1"),
        ("\ufeffZZ=1", "1"),
        ("ZZ=a=b", "a=b"),
        ("ZZ=$no-such-variable", "$no-such-variable"),
        ("YY=1\nZZ=$YY", "1"),
    ],
)
def test_a_line_of_the_file_says_what_it_looks_like(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, value: str
) -> None:
    assert environment(tmp_path, monkeypatch, line)["ZZ"] == value


@pytest.mark.parametrize("line", ["PORT 8001", "PORT: 8001", "8001", "A-B=1"])
def test_a_line_that_sets_nothing_is_refused(line: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"^Line 2 of \.env is not NAME=value\.$"):
        plain_lines(f"DEBUG=off\n{line}")


@pytest.mark.parametrize(
    ("given", "path"),
    [("", ""), ("/", ""), ("/uptime", "/uptime"), ("uptime/", "/uptime"), ("/a/b.c", "/a/b.c")],
)
def test_a_base_path_begins_with_a_slash_and_ends_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str, path: str
) -> None:
    monkeypatch.setenv("BASE_PATH", given)
    assert base_path(read(tmp_path)) == path


@pytest.mark.parametrize("given", ["https://a.example/up", "/a//b", "/a b", "/ü", "/../x", "/a?b"])
def test_a_base_path_that_is_no_path_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setenv("BASE_PATH", given)
    with pytest.raises(ImproperlyConfigured, match=r"^BASE_PATH is a path like /uptime, not"):
        base_path(read(tmp_path))


def test_an_empty_port_is_the_usual_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "")
    assert port(read(tmp_path)) == 8000
