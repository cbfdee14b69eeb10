"""A shop's back office whose history can be browsed: what `make demo` serves."""
