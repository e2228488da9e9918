"""Approval items, parallel plans, cases and their clocks, special intake, certificates, analytics of time."""
