"""One table of acts per state machine: lock, re-read, check, move, record."""
