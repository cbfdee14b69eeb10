"""The limit at statement level: triggers written by hand, with the indexes that this project has."""
