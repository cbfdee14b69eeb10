"""An app whose rows are read as they were: everything that rows can refer to each other by."""
