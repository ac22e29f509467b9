"""A bare machine becomes a verified Ollama server: `pyinfra INVENTORY deploy.py`."""

from pyinfra_ollama.declared import declaration
from tasks.backup import backup
from tasks.firewall import firewall
from tasks.gateway import gateway
from tasks.listening import listening
from tasks.metrics import metrics
from tasks.models import models
from tasks.monitoring import monitoring
from tasks.observer import observer
from tasks.ollama import ollama
from tasks.packages import packages
from tasks.preflight import preflight
from tasks.service import service
from tasks.swap import swap
from tasks.verify import verify

declared = declaration()

if preflight(declared):
    if declared.metrics or declared.observer:
        listening(declared)
    packages(declared)
    if declared.firewall:
        firewall(declared)
    if declared.server:
        swap(declared.server)
        ollama(declared.server)
        service(declared.server)
        models(declared.server)
    if declared.gateway:
        gateway(declared)
    if declared.metrics:
        metrics(declared)
    if declared.observer:
        observer(declared)
    if declared.monitoring:
        monitoring(declared)
    if declared.backup:
        backup(declared)
    verify(declared)
