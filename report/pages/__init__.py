"""Pages: what is known, as values for the templates in `templates/`. No tag is written here."""
