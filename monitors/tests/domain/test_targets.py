import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitors.domain.targets import BadTarget, Target, parse_target


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("http://example.com", "http://example.com/"),
        ("  HTTP://Example.COM:80/  ", "http://example.com/"),
        ("https://example.com:443/#top", "https://example.com/"),
        ("https://example.com.:8443", "https://example.com:8443/"),
        ("https://example.com?", "https://example.com/"),
        ("http://example.com/a/./b/../c", "http://example.com/a/c"),
        ("http://example.com/%7euser/%2f", "http://example.com/~user/%2F"),
        ("http://example.com/a%zz", "http://example.com/a%25zz"),
        ("http://example.com/ü?q=ö", "http://example.com/%C3%BC?q=%C3%B6"),
        ("http://bücher.example/", "http://xn--bcher-kva.example/"),
        ("http://XN--BCHER-KVA.example/", "http://xn--bcher-kva.example/"),
        ("http://[0:0::1]:80/", "http://[::1]/"),
        ("http://[FE80::1%25eth0]/", "http://[fe80::1%25eth0]/"),
        ("http://[fe80::1%eth0]/", "http://[fe80::1%25eth0]/"),
        ("http://a_b.example/", "http://a_b.example/"),
        ("http://127.0.0.1:8000/x", "http://127.0.0.1:8000/x"),
        ("http://\u00b9.0.0.\u00b9/", "http://1.0.0.1/"),
        ("http://i❤.ws/", "http://xn--i-7iq.ws/"),
        ("http://xn--i-7iq.ws/", "http://xn--i-7iq.ws/"),
        ("http://💩.la/", "http://xn--ls8h.la/"),
        ("http://foo-.example/", "http://foo-.example/"),
        ("http://-a.example/", "http://-a.example/"),
        ("http://ab--cd.example/", "http://ab--cd.example/"),
        ("http://xn--a/", "http://xn--a/"),
        ("http://faß.example/", "http://xn--fa-hia.example/"),
        ("http://ΑΣ.example/", "http://xn--mxa0b.example/"),
        ("http://\uff41.example/", "http://a.example/"),
        ("http://a。example/", "http://a.example/"),
        ("http://a\u00adb.example/", "http://ab.example/"),
        ("http://می\u200cخو\u0627\u0647م.example/", "http://xn--mgbn2ecje63gr19l.example/"),
        ("http://%61.example/", "http://a.example/"),
        ("http://\u00fc%2eexample/", "http://xn--tda.example/"),
        ("http://%31%32%37.0.0.1/", "http://127.0.0.1/"),
        ("http://0x7f.1/", "http://127.0.0.1/"),
        ("http://1.2.3/", "http://1.2.0.3/"),
        ("http://\u00b2/", "http://0.0.0.2/"),
        ("http://1.2.3.4./", "http://1.2.3.4/"),
    ],
)
def test_addresses_that_mean_the_same_have_one_key(typed: str, key: str) -> None:
    assert parse_target(typed).key == key
    assert parse_target(key).key == key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://a.example/", "https://a.example/"),
        ("http://a.example/", "http://a.example:8080/"),
        ("http://a.example/a", "http://a.example/A"),
        ("http://a.example/a", "http://a.example/a/"),
        ("http://a.example/?a=1&b=2", "http://a.example/?b=2&a=1"),
        ("http://a.example/%2F", "http://a.example//"),
    ],
)
def test_addresses_that_may_mean_different_things_stay_apart(one: str, other: str) -> None:
    assert parse_target(one).key != parse_target(other).key


def test_credentials_are_taken_out() -> None:
    assert parse_target("https://a%20b:p%40w@h.example/x#y") == Target(
        "https://h.example/x", "https://h.example/x", "a b", "p@w"
    )


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "example.com",
        "//example.com/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "http://",
        "http:///x",
        "http://exa mple.com/",
        "http://example.com:0/",
        "http://example.com:65536/",
        "http://example.com:x/",
        "http://a..example/",
        "http://999.1.1.1/",
        "http://a.1/",
        "http://a.example.0x4/",
        "http://a<b/",
        "http://a^b/",
        "http://a%00b/",
        "http://a%20b/",
        "http://a%2fb/",
        "http://a%40b/",
        "http://.example/",
        "http://./",
        "http://\u00ad/",
        "http://a\u200db.example/",
        f"http://{'.'.join(['a' * 60] * 5)}/",
        "http://[::1/",
        "http://[fe80::1%25eth0x]/ ]",
        "http://[fe80::1%25]/",
        "http://[fe80::1%25an-interface-of-no-machine]/",
        "http://127.0.0.1%25eth0/",
        "http://\u2028.example/",
        "http://example.com\\@evil.example/",
        f"http://{'a' * 64}.example/",
        f"http://a.example/{'a' * 2_050}",
    ],
)
def test_nonsense_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(BadTarget) as raised:
        parse_target(typed)
    assert str(raised.value).endswith(".")


HOSTS = st.text(st.sampled_from("aZ09.-_é\u0301ßΣİ❤👍\u200c\u200dم\u06f1\uff11。%4x"), max_size=12)


@given(st.text(max_size=80) | HOSTS)
def test_no_text_is_an_unexpected_error(text: str) -> None:
    for typed in (text, f"http://{text}", f"http://h.example/{text}"):
        try:
            target = parse_target(typed)
        except BadTarget:
            continue
        assert parse_target(target.key).key == target.key
        assert parse_target(target.url).key == target.key
        assert target.key.isascii()
        # What goes onto the wire is what the key says.
        sent = httpx.URL(target.key)
        assert f"{sent.scheme}://{sent.netloc.decode()}" == target.key[: -len(sent.raw_path)]
