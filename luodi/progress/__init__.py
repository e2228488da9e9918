"""Counties' monthly sheets about projects: upload, check, correct, tell the months."""
