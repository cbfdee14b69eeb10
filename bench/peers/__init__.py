"""What is measured: one Django app for each way to keep a history, all of the same four models.

Each runs in a process of its own (`worker`), those of other packages in an environment of their own. They see `bench`
through a link, so that the package `pghistory` beside it stays hidden from the peer of the same name.
"""
