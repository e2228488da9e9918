"""Official documents in the layout of GB/T 9704-2012: a pure library, no Django, no database."""
