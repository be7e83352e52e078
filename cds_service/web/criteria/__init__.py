"""The criteria browser: what ACR rates how, for whom, and why; to read, to search, and as JSON."""
