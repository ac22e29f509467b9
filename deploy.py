"""A bare machine becomes a verified Ollama server: `pyinfra INVENTORY deploy.py`."""

from pyinfra_ollama.declared import settings
from tasks.models import models
from tasks.ollama import ollama
from tasks.packages import packages
from tasks.preflight import preflight
from tasks.service import service
from tasks.swap import swap
from tasks.verify import verify

declared = settings()

if preflight(declared):
    packages(declared)
    swap(declared)
    ollama(declared)
    service(declared)
    models(declared)
    verify(declared)
