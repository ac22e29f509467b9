"""Ways to damage a verified gateway, each with the one check that must turn red, and the mending.

Shell commands run by root on the gateway's host. Where files of nginx are damaged and its stamp
is made anew, the verifier's own reading has to see it; else the stamp is enough.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.fleet.damages import Damage

FOLDER = "/etc/nginx/pyinfra-ollama"
TLS = "/etc/pyinfra-ollama/tls"
LOGS = "/var/log/pyinfra-ollama"
KEPT = "/root/kept"
KEEP = f"mkdir -p {KEPT} && cp -a /etc/nginx {TLS} {KEPT}/"

INSIDE = ("--inside", "--no-generate")
OUTSIDE = ("--no-generate",)

_PARTS = (
    *("answers", "backends", "bodiless", "callers"),
    *("door-admin", "door-inference", "door-read_only", "endpoints", "proxy"),
)
_FILES = [f"{FOLDER}/{part}.conf" for part in _PARTS]
_STAMPED = ("/etc/nginx/nginx.conf", *_FILES, f"{FOLDER}/route.js", f"{TLS}/gateway.pem")
# As scripts/gateway.sh makes it.
STAMP = (
    f"stamp=$(sha256sum -- {' '.join(_STAMPED)} 2>/dev/null | sha256sum | cut -d ' ' -f 1); "
    f"printf 'location = /stamp {{ return 200 %s; }}\\n' $stamp >{FOLDER}/stamp.conf; "
)
# A reload is over when no worker of before takes connections any more.
RELOAD = (
    "workers() { pgrep -P $(cat /run/nginx.pid); }; old=$(workers); "
    "nginx -t -q && systemctl reload nginx; for i in $(seq 100); do "
    'workers | grep -qxF "$old" || break; sleep 0.1; done'
)
MEND = f"cp -a {KEPT}/nginx /etc/ && cp -a {KEPT}/tls /etc/pyinfra-ollama/ && {{ {RELOAD}; }}"


@dataclass(frozen=True)
class GatewayDamage(Damage):
    """`asked`: the arguments of the verifier that sees it."""

    asked: tuple[str, ...] = INSIDE


def edited(file: str, script: str, *, stamped: bool = True) -> str:
    """Edit a file of nginx with sed and have nginx serve it."""
    stamp = STAMP if stamped else ""
    return f"sed -i '{script}' /etc/nginx/{file} && {{ {stamp}{RELOAD}; }}"


def proxied(port: int, to: int) -> str:
    """Open a port of the host's own address that leads to one of its loopback."""
    return (
        f"systemd-run --unit=forward --socket-property=ListenStream=ADDRESS:{port} "
        f"/lib/systemd/systemd-socket-proxyd 127.0.0.1:{to}"
    )


UNPROXIED = "systemctl stop forward.socket forward.service"
_PEM = "../pyinfra-ollama/tls/gateway.pem"
SERVER = (
    "server { listen 8443 ssl; location / { proxy_pass http://ollama; } "
    f"ssl_certificate {_PEM}; ssl_certificate_key {_PEM}; }}"
)
# Of the host's own authority and for the same name, but over since yesterday.
EXPIRED = (
    f"cd {TLS} && printf 'subjectAltName=DNS:llm.example.com\\n' >/tmp/ext && "
    "openssl req -new -key gateway.pem -subj /CN=x -out /tmp/request.pem && "
    "openssl x509 -req -days -1 -in /tmp/request.pem -CA authority.pem -CAkey authority.key "
    "-set_serial 7 -extfile /tmp/ext -out /tmp/expired.pem && "
    "{ openssl pkey -in gateway.pem; cat /tmp/expired.pem authority.pem; } >/tmp/gateway.pem && "
    f"cat /tmp/gateway.pem >gateway.pem && rm /tmp/*.pem && {{ {STAMP}{RELOAD}; }}"
)

DAMAGES = (
    GatewayDamage(
        "nginx stopped",
        "nginx",
        "inactive (dead)",
        "systemctl stop nginx",
        "systemctl start nginx",
        asked=OUTSIDE,
    ),
    GatewayDamage(
        "nginx disabled", "nginx", "at boot", "systemctl disable nginx", "systemctl enable nginx"
    ),
    GatewayDamage(
        "a location by hand that leads everywhere",
        "gateway-config",
        "location / does not answer 403",
        edited(
            "pyinfra-ollama/endpoints.conf",
            "s|return 403 $gateway_says_endpoint;|proxy_pass http://ollama;|",
        ),
        MEND,
        also=frozenset({"outside-refused"}),
        asked=OUTSIDE,
    ),
    GatewayDamage(
        "one endpoint more",
        "gateway-config",
        "location = /api/status is not declared",
        edited(
            "pyinfra-ollama/endpoints.conf",
            "1i location = /api/status { proxy_pass http://ollama/api/status; }",
        ),
        MEND,
    ),
    GatewayDamage(
        "endpoints behind another door",
        "gateway-config",
        "not behind the door for admin",
        edited("pyinfra-ollama/endpoints.conf", "s|door-admin.conf|door-read_only.conf|"),
        MEND,
        also=frozenset({"outside-refused"}),
        asked=OUTSIDE,
    ),
    GatewayDamage(
        "one server more",
        "gateway-config",
        "a server that is not declared listens on 8443",
        edited("nginx.conf", f"s|^http {{|http {{ {SERVER}|"),
        MEND,
        also=frozenset({"gateway-ports"}),
    ),
    GatewayDamage(
        "a file edited and not reloaded",
        "gateway-config",
        "changed by hand",
        f"echo '# by hand' >>{FOLDER}/proxy.conf",
        MEND,
    ),
    GatewayDamage(
        "a file that nginx refuses",
        "gateway-config",
        "nginx refuses the files on the disk",
        f"echo 'nonsense;' >>{FOLDER}/proxy.conf",
        MEND,
    ),
    GatewayDamage(
        "a header taken out, pieces held back, no rate kept",
        "gateway-config",
        "changed by hand",
        edited(
            "pyinfra-ollama/proxy.conf",
            "/nosniff/d; /^limit_req /d; s/proxy_buffering off/proxy_buffering on/",
            stamped=False,
        ),
        MEND,
        also=frozenset({"outside-headers", "outside-streaming", "outside-rate"}),
        asked=(),
    ),
    GatewayDamage(
        "an expired certificate",
        "certificate",
        "expired on",
        EXPIRED,
        MEND,
        also=frozenset({"outside-tls"}),
        asked=OUTSIDE,
    ),
    GatewayDamage(
        "the log removed",
        "gateway-logs",
        "gateway.log is missing",
        f"mv {LOGS}/gateway.log /root/",
        f"mv /root/gateway.log {LOGS}/",
        also=frozenset({"outside-backends"}),
        asked=OUTSIDE,
    ),
    GatewayDamage(
        "no rotation",
        "gateway-logs",
        "logrotate has no rule",
        "mv /etc/logrotate.d/pyinfra-ollama-gateway /root/",
        "mv /root/pyinfra-ollama-gateway /etc/logrotate.d/",
    ),
    GatewayDamage(
        "Ollama opened to everybody",
        "outside",
        "answers with",
        proxied(11434, 11434),
        UNPROXIED,
        asked=OUTSIDE,
    ),
    GatewayDamage(
        "the status page opened to everybody",
        "outside-ports",
        "9180 is open",
        proxied(9180, 9180),
        UNPROXIED,
        asked=OUTSIDE,
    ),
)
