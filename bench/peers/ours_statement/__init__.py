"""This project, one trigger call a statement."""
