"""Checking a text before it goes out: layout by GB/T 9704, its figures among themselves and beside the ledger."""
