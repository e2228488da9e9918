"""Accounts and posts as the three administrators keep them; the acts themselves are those of `orgs`."""
