"""The rules of identity: who may be what, free of any technique."""
