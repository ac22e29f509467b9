"""Real clients of Ollama, a function for each: `python talk.py CLIENT URL`, the rest by variables.

Runs in the clients' own virtual environment (`make clients`), so it imports nothing of this
repository. Standard output is one JSON object: what each kind of question was answered with. The
authority is trusted by SSL_CERT_FILE, as a person would have it.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable

CHAT, EMBEDDING, KEY = (os.environ[name] for name in ("CHAT", "EMBEDDING", "KEY"))
ORIGIN = os.environ["ORIGIN"]
ASKED = [{"role": "user", "content": "Count from one to ten."}]
SHORT = {"temperature": 0, "num_predict": 12}

Said = dict[str, object]


def of_ollama(url: str) -> Said:
    import ollama

    client = ollama.Client(host=url, headers={"Authorization": f"Bearer {KEY}"})
    whole = client.chat(CHAT, ASKED, options=SHORT)
    parts = [part.message.content for part in client.chat(CHAT, ASKED, stream=True, options=SHORT)]
    return {
        "list": [model.model for model in client.list().models],
        "chat": whole.message.content,
        "stream": parts,
        "embedding": len(client.embed(EMBEDDING, "a word").embeddings[0]),
    }


def of_openai(url: str) -> Said:
    import openai

    client = openai.OpenAI(base_url=f"{url}/v1", api_key=KEY, max_retries=0)
    more = {"model": CHAT, "messages": ASKED, "max_tokens": 12, "temperature": 0}
    whole = client.chat.completions.create(**more)
    chunks = client.chat.completions.create(stream=True, **more)
    return {
        "list": [model.id for model in client.models.list()],
        "chat": whole.choices[0].message.content,
        "stream": [chunk.choices[0].delta.content for chunk in chunks if chunk.choices],
        "embedding": len(client.embeddings.create(model=EMBEDDING, input="a").data[0].embedding),
    }


def of_openai_responses(url: str) -> Said:
    import openai

    client = openai.OpenAI(base_url=f"{url}/v1", api_key=KEY, max_retries=0)
    more = {"model": CHAT, "input": "Count from one to ten.", "max_output_tokens": 12}
    events = client.responses.create(stream=True, **more)
    return {
        "chat": client.responses.create(**more).output_text,
        "stream": [event.delta for event in events if event.type.endswith("text.delta")],
    }


def of_anthropic(url: str) -> Said:
    import anthropic

    # api_key is sent as x-api-key, auth_token as a bearer.
    client = anthropic.Anthropic(base_url=url, api_key=KEY, max_retries=0)
    bearer = anthropic.Anthropic(base_url=url, auth_token=KEY, max_retries=0)
    more = {"model": CHAT, "messages": ASKED, "max_tokens": 12}
    with client.messages.stream(**more) as stream:
        parts = list(stream.text_stream)
    return {
        "list": [model.id for model in client.models.list()],
        "chat": bearer.messages.create(**more).content[0].text,
        "stream": parts,
    }


def of_langchain(url: str) -> Said:
    from langchain_ollama import ChatOllama, OllamaEmbeddings

    more = {"base_url": url, "client_kwargs": {"headers": {"Authorization": f"Bearer {KEY}"}}}
    chat = ChatOllama(model=CHAT, temperature=0, num_predict=12, **more)
    return {
        "chat": chat.invoke("Count from one to ten.").content,
        "stream": [part.content for part in chat.stream("Count from one to ten.")],
        "embedding": len(OllamaEmbeddings(model=EMBEDDING, **more).embed_query("a word")),
    }


def of_browser(url: str) -> Said:
    """A page's request as a browser sends it: asked about first, over HTTP/2."""
    import httpx

    body = {"model": CHAT, "messages": ASKED, "options": SHORT}
    page = {
        "Origin": ORIGIN,
        "Referer": f"{ORIGIN}/",
        "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
        "Sec-Fetch-Mode": "cors",
        "Sec-Fetch-Site": "cross-site",
        "Accept-Encoding": "gzip, deflate, br, zstd",
    }
    asking = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    with httpx.Client(http2=True, headers=page, timeout=60) as client:
        first = client.options(f"{url}/api/chat", headers=asking)
        client.headers["Authorization"] = f"Bearer {KEY}"
        with client.stream("POST", f"{url}/api/chat", json=body) as answer:
            rows = [json.loads(line) for line in answer.iter_lines()]
            if answer.is_error:
                raise ValueError(f"{answer.status_code}: {rows}")
        whole = client.post(f"{url}/api/chat", json={**body, "stream": False}).json()
        embedded = client.post(f"{url}/api/embed", json={"model": EMBEDDING, "input": "a"}).json()
        listed = client.get(f"{url}/api/tags").json()
    return {
        "list": [model["name"] for model in listed["models"]],
        "chat": whole["message"]["content"],
        "stream": [row["message"]["content"] for row in rows],
        "embedding": len(embedded["embeddings"][0]),
        "preflight": [first.status_code, dict(first.headers)],
        "version": answer.http_version,
        "allowed": answer.headers.get("access-control-allow-origin", ""),
    }


CLIENTS: dict[str, Callable[[str], Said]] = {
    "ollama": of_ollama,
    "openai": of_openai,
    "openai-responses": of_openai_responses,
    "anthropic": of_anthropic,
    "langchain": of_langchain,
    "browser": of_browser,
}


def main(name: str, url: str) -> None:
    """Print what the client was answered, or the error as it shows it to its user."""
    try:
        said = CLIENTS[name](url)
    except Exception as error:
        said = {"error": str(error), "kind": type(error).__name__}
    parts = said.get("stream")
    if isinstance(parts, Iterable):
        said["stream"] = [part for part in parts if part]
    json.dump(said, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
