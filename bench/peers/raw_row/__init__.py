"""The limit: triggers written by hand, one call a row, with the least of indexes."""
