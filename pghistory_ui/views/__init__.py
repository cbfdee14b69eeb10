"""The pages, one module each; every view takes the request and its admin site."""
