"""nginx's own words, read."""

from __future__ import annotations

import pytest

from pyinfra_ollama.verifier.gateway.nginx import read

MAIN = "# configuration file /etc/nginx/nginx.conf:\n"


def test_words_blocks_and_comments() -> None:
    found = read(MAIN + 'a \'b c\' "d\\"e" f\\ g; # ; not {\nh { i; j { k l; } }\n')
    assert [one.words for one in found.inner] == [("a", "b c", 'd"e', "f\\ g"), ("h",)]
    (h,) = found.all("h")
    assert h.first("i") == ""
    assert h.all("j")[0].first("k") == "l"
    assert h.first("x") is None


def test_an_include_brings_its_file_from_beside_the_main_one() -> None:
    text = (
        f"{MAIN}http {{ include parts/*.conf; }}\ninclude missing.conf;\n"
        "# configuration file /etc/nginx/parts/b.conf:\nb;\n"
        "# configuration file /etc/nginx/parts/a.conf:\na { include deep.conf; }\n"
        "# configuration file /etc/nginx/deep.conf:\nd;\n"
        "# configuration file /etc/nginx/mods/z.conf:\nz;\n"
    )
    (http,) = read(text).all("http")
    assert [one.name for one in http.inner] == ["include", "a", "b"]
    assert [one.name for one in http.all("a")[0].inner] == ["include", "d"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no configuration"),
        (MAIN + "a { b;", "ends in the middle"),
        (MAIN + "a b", "ends in the middle"),
        (MAIN + "}", "closes a brace"),
        (MAIN + "a 'b;", "cannot be read"),
        (MAIN + "include nginx.conf;", "includes itself"),
    ],
)
def test_what_is_none_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read(text)
