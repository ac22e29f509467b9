"""What a gateway costs and what several backends bring, against asking Ollama itself.

`make bench` runs it after the comparison, `make bench-gateway` alone; docs/bench.md says what is
measured and how.
"""
