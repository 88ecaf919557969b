"""Holds what is needed to put the system on a machine; nothing here is part of a service."""
