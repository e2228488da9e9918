"""Checking a .docx before it goes out: layout by GB/T 9704, and what its figures say of each other and of the ledger."""
