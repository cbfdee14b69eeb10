"""A shop's back office: every way of tracking a model, each where it makes sense."""
