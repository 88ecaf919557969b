"""Lets the database's own user walk to its files when root starts the system in a folder closed to others."""

from __future__ import annotations

import os
import stat
import struct
import sys
from pathlib import Path

_ACCESS_LIST = "system.posix_acl_access"
_VERSION, _ENTRY = "<I", "<HHI"
_OWNER, _USER, _GROUP, _MASK, _OTHER = 0x01, 0x02, 0x04, 0x10, 0x20
_NOBODY = 0xFFFFFFFF
_WALK = 1


class PassageRefused(Exception):
    """A folder on the way is closed to the database's user and could not be opened for it."""


def _entries(folder: Path) -> list[tuple[int, int, int]]:
    """Return the folder's access list as (tag, permissions, id), made from its mode when it has none."""
    try:
        raw = os.getxattr(folder, _ACCESS_LIST)
    except OSError:
        mode = folder.stat().st_mode
        return [(_OWNER, mode >> 6 & 7, _NOBODY), (_GROUP, mode >> 3 & 7, _NOBODY), (_OTHER, mode & 7, _NOBODY)]
    return list(struct.iter_unpack(_ENTRY, raw[struct.calcsize(_VERSION) :]))


def _may_walk(folder: Path, user: int) -> bool:
    found = folder.stat()
    if found.st_uid == user:
        return bool(found.st_mode & stat.S_IXUSR)
    entries = _entries(folder)
    mask = next((permissions for tag, permissions, _ in entries if tag == _MASK), 7)
    for tag, permissions, identity in entries:
        if tag == _USER and identity == user:
            return bool(permissions & mask & _WALK)
    return bool(found.st_mode & stat.S_IXOTH)


def _grant(folder: Path, user: int) -> None:
    """Add "may pass through, may not list" for one user to the folder's access list."""
    entries = [entry for entry in _entries(folder) if not (entry[0] == _USER and entry[2] == user)]
    mask = next((permissions for tag, permissions, _ in entries if tag == _MASK), None)
    if mask is None:
        mask = next(permissions for tag, permissions, _ in entries if tag == _GROUP)
    entries = [entry for entry in entries if entry[0] != _MASK]
    entries += [(_USER, _WALK, user), (_MASK, mask | _WALK, _NOBODY)]
    entries.sort(key=lambda entry: (entry[0], entry[2]))
    raw = struct.pack(_VERSION, 2) + b"".join(struct.pack(_ENTRY, *entry) for entry in entries)
    os.setxattr(folder, _ACCESS_LIST, raw)


def open_passage(target: Path, user: int, user_name: str) -> list[Path]:
    """Make every folder above ``target`` passable for ``user`` and return those that had to be changed.

    Nobody else gains anything and nothing becomes listable. Where the file system has no access lists the
    way stays closed and :class:`PassageRefused` says what a person can do.
    """
    opened = []
    for folder in reversed(target.resolve().parents):
        if _may_walk(folder, user):
            continue
        try:
            if sys.platform != "linux":
                raise OSError("no access lists")
            _grant(folder, user)
        except OSError as error:
            raise PassageRefused(
                f"Started by root, the database runs as the user '{user_name}', who cannot pass through {folder}.\n"
                f"Either allow it:      chmod o+x {folder}\n"
                "or move the project:  to a folder that every user can enter, such as /opt or /srv\n"
                "or do not use root:   run make as an ordinary user"
            ) from error
        opened.append(folder)
    return opened
