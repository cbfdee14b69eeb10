"""This project, with 150 event models."""
