"""Disposable test hosts on this machine: real systemd, sshd and apt, and the real Ollama server.

The lab is for trying and testing the deployment. Nothing that deploys to production imports it,
and it uses the standard library only, so `python3 -m lab down` works without any environment.

Layers, from what a person calls to what touches the machine:
`cli` -> `api` -> `claims`, `machines`, `identity`, `net`, `infra`, over `state` and `model`, over
`processes` and `paths`; for what is built once and cached: `artefacts` -> `build`, `base`,
`registry`.
"""
