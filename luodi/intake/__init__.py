"""Spreadsheets on their way into the ledger: upload, map, check, agree, import."""
