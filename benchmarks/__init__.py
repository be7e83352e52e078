"""How fast the service is, how much it needs, and next to what: `make bench` (see benchmarks/README.md)."""
