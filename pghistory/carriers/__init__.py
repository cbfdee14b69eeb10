"""Carriers take the active context into work that is done elsewhere or later: jobs of a queue, commands.

Each queue has a module of its own, which alone imports it.
"""
