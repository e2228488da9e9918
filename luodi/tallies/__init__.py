"""Counts of the ledger kept by the database itself, so that a figure costs the same at a million problems."""
