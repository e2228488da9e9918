"""Needs for money, banks, matching, credit, disbursement, loan balances and what they leave unexplained."""
