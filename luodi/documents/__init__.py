"""Text with indicators in it: drafting, freezing, issuing as .docx."""
