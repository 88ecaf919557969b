"""The catalogs, one .po file per language, and what keeps them in step with the pages."""
