"""The list of problems: views, filters, sorting, paging. The problems themselves are in `problems`."""
