"""What a gateway answers to its clients, judged: from answers to results, without asking."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pyinfra_ollama.settings import Gateway
from pyinfra_ollama.verifier.checks.base import listed
from pyinfra_ollama.verifier.outside.asked import Asked, conclude, silent
from pyinfra_ollama.verifier.outside.door import Said
from pyinfra_ollama.verifier.results import Result

__all__ = ["headers", "keys", "offered", "redirect", "refused"]


def keys(
    gateway: Gateway,
    strangers: Sequence[Asked],
    declared: Sequence[Asked],
    unknown_users: Sequence[str],
    look: str,
    red: Iterable[str],
) -> Result:
    """401 with a challenge for whoever is nobody, 200 for every declared caller."""
    closed = bool(gateway.keys or gateway.users)
    wanted = 401 if closed else 200
    wrong = [f"{one}: {one.found}, not {wanted}" for one in strangers if _status(one) != wanted]
    wrong += [f"{one}: {one.found}, not 200" for one in declared if _status(one) != 200]
    if closed:
        scheme = "bearer" if gateway.keys else "basic"
        for one in strangers:
            if one.said and one.said.status == 401:
                if scheme not in one.said.headers.get("www-authenticate", "").lower():
                    wrong.append(f"{one}: 401 without a challenge for {scheme}")
                if one.method != "HEAD" and not one.said.is_json:
                    wrong.append(f"{one}: 401 that is no JSON")
    expected = "401 with a challenge without a key and with a wrong one, 200 with each declared"
    if not closed:
        expected = "200 for everybody, as declared"
    good = f"{len(strangers)} requests of strangers {wanted}, {len(declared)} callers 200"
    if unknown_users:
        good += f"; only hashes are declared for {listed(unknown_users)}"
    unanswered = silent([*strangers, *declared])
    return conclude(
        "outside-keys", wrong, good=good, expected=expected, look=look, red=red, silent=unanswered
    )


def _status(asked: Asked) -> int:
    return asked.said.status if asked.said else 0


def offered(
    asked: Sequence[tuple[Asked, tuple[int, ...]]], look: str, red: Iterable[str]
) -> Result:
    """Every declared endpoint answers as a backend would."""
    wrong = [
        f"{one}: {one.found}, not {' or '.join(map(str, wanted))}"
        for one, wanted in asked
        if _status(one) not in wanted
    ]
    return conclude(
        "outside-offered",
        wrong,
        good=f"{len(asked)} endpoints answer",
        expected="every declared endpoint answers callers who may use it",
        look=look,
        red=red,
        silent=silent(one for one, _ in asked),
    )


def refused(
    asked: Sequence[Asked],
    lines: Iterable[Mapping[str, object]],
    look: str,
    red: Iterable[str],
) -> Result:
    """Everything else is refused by nginx itself, in JSON: 401 to nobody, 403 to callers.

    + lines: what the access log says of them: none may have reached a backend
    """
    wrong = []
    through = {str(line.get("id")) for line in lines if line.get("backend")}
    for one in asked:
        if one.said and one.said.id in through:
            wrong.append(f"{one}: {one.found}, and it reached a backend")
            continue
        wanted = (401, 403) if one.caller == "nobody" else (403,)
        # With a policy too small a user is nobody to nginx.
        wanted = (*wanted, 401) if one.caller.startswith("user ") else wanted
        if _status(one) not in wanted:
            wrong.append(f"{one}: {one.found}, not {wanted[0]}")
        elif one.said and one.method != "HEAD" and not one.said.is_json:
            wrong.append(f"{one}: {one.found} that is no JSON")
    return conclude(
        "outside-refused",
        wrong,
        good=f"{len(asked)} requests refused",
        expected="403 (401 without a key) for every endpoint that a caller may not use",
        look=look,
        red=red,
        silent=silent(asked),
    )


def headers(
    gateway: Gateway,
    answers: Mapping[str, Said],
    foreign: Said,
    own: Mapping[str, Said],
    look: str,
    red: Iterable[str],
) -> Result:
    """Security headers stand in answers of every kind; only declared pages may read them.

    + answers: by their kind; `foreign`: to a page of nobody's; `own`: by declared origin
    """
    wanted = {"x-content-type-options": "nosniff", "cache-control": "no-store"}
    if gateway.tls and gateway.hsts_seconds:
        wanted["strict-transport-security"] = f"max-age={gateway.hsts_seconds}"
    wrong = []
    for kind, said in answers.items():
        for name, value in wanted.items():
            if said.headers.get(name) != value:
                wrong.append(f"{kind}: {name} is {said.headers.get(name)!r}, not {value!r}")
        server = said.headers.get("server", "")
        if any(letter.isdigit() for letter in server):
            wrong.append(f"{kind}: the server says its version: {server!r}")
    if "access-control-allow-origin" in foreign.headers:
        wrong.append("pages of every origin may read answers")
    for origin, said in own.items():
        if said.headers.get("access-control-allow-origin") != origin:
            wrong.append(f"pages of {origin} may not read answers")
    expected = "; ".join(f"{name}: {value}" for name, value in wanted.items())
    good = f"as declared in {len(answers)} kinds of answers"
    if own:
        good += f", {len(own)} origins may call"
    return conclude("outside-headers", wrong, good=good, expected=expected, look=look, red=red)


def redirect(gateway: Gateway, asked: Asked, name: str, look: str, red: Iterable[str]) -> Result:
    """Plain HTTP leads to HTTPS, to the declared name, and answers nothing else."""
    named = gateway.server_names[0] if gateway.server_names else name
    named = f"[{named}]" if ":" in named else named
    port = "" if gateway.main_port == 443 else f":{gateway.main_port}"
    wanted = f"https://{named}{port}{asked.path}"
    found = asked.found
    if asked.said is not None:
        found = f"{asked.said.status} to {asked.said.headers.get('location', 'nowhere')}"
    good = asked.said is not None and asked.said.status == 308 and found == f"308 to {wanted}"
    return conclude(
        "outside-redirect",
        [] if good else [found],
        good=found,
        expected=f"308 to {wanted}",
        look=look,
        red=red,
    )
