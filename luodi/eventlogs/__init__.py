"""Event logs of cases: read XES and CSV, measure time, variants and rework. Pure functions, no database."""
