"""The handbook: what the declarations say, as data, as a document and as the texts of a page."""
