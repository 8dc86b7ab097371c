"""The native REST API, `/v1`. A handler parses, calls one action, serialises; nothing else."""
