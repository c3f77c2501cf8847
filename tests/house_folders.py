"""Arrows between the folders of the two rooms that tell no stories."""

from __future__ import annotations

from tests.house import House, imports_of, room_of

# The folders of core and clorp from the ground up, "" for the modules beside them. Each may know those in rows before
# its own; neighbours in a row know nothing of each other.
FOLDERS = {
    "core": (("",), ("db",), ("api", "live"), ("management",)),
    "clorp": (("settings", "site", "mcp", "dev"), ("",)),
}


def arrows_between_folders(house: House) -> list[str]:
    """Find imports inside core or clorp of a folder that does not stand below the importing one, or stands nowhere."""
    faults = []
    for module in house:
        room, folder = room_of(module), folder_of(house, module)
        if room not in FOLDERS or module == room:
            continue
        row = next((number for number, row in enumerate(FOLDERS[room]) if folder in row), 0)
        known = {folder}.union(*FOLDERS[room][:row])
        for line, name in imports_of(house, module):
            if room_of(name) == room and name != room and folder_of(house, name) not in known:
                faults.append(f"{module}:{line} imports {name}.")
    return faults


def folder_of(house: House, module: str) -> str:
    """Return the room's folder that a module lies in, "" for one that lies in none."""
    room, _, rest = module.partition(".")
    folder = rest.partition(".")[0]
    return folder if any(name.startswith(f"{room}.{folder}.") for name in house) else ""


def site_that_imports_its_tools(house: House) -> list[str]:
    """Find what needs `clorp.dev` and is no part of it: on an operator's machine that may be away."""
    return [
        f"{module}:{line} imports {name}."
        for module in house
        if not f"{module}.".startswith("clorp.dev.")
        for line, name in imports_of(house, module)
        if f"{name}.".startswith("clorp.dev.")
    ]
