"""This project, one trigger call a row."""
