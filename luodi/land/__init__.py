"""Farmland quota ledger (double entry), land batches, industrial reserve, lease-then-grant."""
