"""A host whose proxy is a secret, for tests of secrets."""

from __future__ import annotations

import pytest

from pyinfra_ollama.settings import Ollama, SettingsError, load

PROXY = "http://user:canary@proxy:3128"


def proxy(secret: object) -> str:
    """The proxy that the service of a host with this declaration gets."""
    host = load([("web1", {"ollama": Ollama(https_proxy=secret)})])["web1"].server
    assert host is not None
    return host.ollama.environ()["HTTPS_PROXY"]


def refused(secret: object) -> str:
    """What is said about a secret that cannot be had."""
    with pytest.raises(SettingsError) as caught:
        load([("web1", {"ollama": Ollama(https_proxy=secret)})])
    (problem,) = caught.value.problems
    assert problem.path == "ollama.https_proxy"
    assert "canary" not in str(problem)
    return str(problem)
