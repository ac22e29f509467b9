"""Mistral 7B on a machine of 16 GB and four cores without a GPU, reachable from itself only.

docs/settings.md explains every field. What to edit first: the models, then the memory limits
that go with them.

Secrets never stand here, only where they are kept (docs/secrets.md). A user other than root needs
`_sudo = True` and, when sudo asks for a password, one of

    _sudo_password = Secret.env("DEPLOY_SUDO_PASSWORD")
    _sudo_password = Secret.file("~/.config/ollama/sudo-password")
    _sudo_password = Secret.command("pass", "show", "llm.example.com/sudo")

A proxy that pulls go through is https_proxy="http://proxy.example.com:3128" in Ollama(...), or
https_proxy=Secret.env("OLLAMA_HTTPS_PROXY") when its URL holds a login. Both import Secret from
pyinfra_ollama.settings.

Clients on other machines come through a gateway, and nothing else is let in with a firewall
(docs/gateway.md, docs/firewall.md):

    gateway = Gateway(
        server_names=["llm.example.com"],
        keys=[Key("chat-ui", Secret.env("CHAT_UI_KEY"))],
        tls=Acme(agree_tos=True),
    )
    firewall = Firewall()

A host that looks after itself, tells somebody and bounds its logs (docs/monitoring.md):

    monitoring = Monitoring(notify=Notify(webhook=Secret.env("WEBHOOK_URL")))

Figures and alerts, where a host of the inventory has observer = Observer(...) in its data
(docs/metrics.md), and an encrypted copy elsewhere of what cannot be had again (docs/backup.md):

    metrics = Metrics()
    backup = Backup(
        Sftp(server="backup.example.com", user="ollama", path="ollama/{host}",
             key=Secret.file("~/.config/ollama/backup-key"), host_keys=["ssh-ed25519 AAAA..."]),
        password=Secret.file("~/.config/ollama/backup-password"),
    )
"""

from pyinfra_ollama.settings import Model, Ollama, Preflight, Service, Swap

ollama = Ollama(
    # Pinned, so that every run and every host gets the same; raise it to upgrade.
    version="0.33.0",
    # 4.1 GB of weights. A model is added by a line; one taken out of the list stays on disk.
    # Threads belong to a model (there is no OLLAMA_NUM_THREADS): left out, Ollama takes the
    # physical cores; Model("mistral:7b", options=Options(num_thread=8)) sets them.
    models=[Model("mistral:7b")],
    # Loopback only: Ollama has no authentication. Reach it through an SSH tunnel,
    # `ssh -L 11434:127.0.0.1:11434 root@llm.example.com`, or put a gateway in front.
    host="127.0.0.1",
    port=11434,
    # Four requests at once share the four cores; each takes a context of 0.5 GB.
    num_parallel=4,
    context_length=4096,
    # One model in memory, dropped after five idle minutes.
    max_loaded_models=1,
    keep_alive="5m",
    # The prompt cache may take 8 GiB per loaded model; here it gets 2 (the value is in MiB).
    environment={"LLAMA_ARG_CACHE_RAM": "2048"},
)

# Leaves 2 GB to the system. When the kernel has to end a runner, the server goes on.
service = Service(memory_max="14G", oom_policy="continue")

# For peaks; without this line the swap of the host is left alone.
swap = Swap(size="8G", path="/swapfile", swappiness=10)

# A machine sold as 16 GB shows between 14.5 and 15.7 GiB.
preflight = Preflight(min_memory="14G")
