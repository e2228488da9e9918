"""The ledger: problems, plans, evidence dossiers, verification, closing, reopening."""
