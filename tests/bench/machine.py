"""What the machine says of processes and of files: CPU time, memory, the page cache."""

import os
from pathlib import Path

TICK = 1 / os.sysconf("SC_CLK_TCK")


def cpu_seconds(root, without=()):
    """CPU time of a process and of all that it has started, those included that have ended.

    Processes with one of the names in `without` do not count, nor what they started.
    """
    stats = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                name, rest = (folder / "stat").read_text().rsplit(")", 1)
            except OSError:
                continue
            fields = rest.split()
            # Its own time and that of children it has waited for, in user and in system mode.
            stats[int(folder.name)] = (name.split("(", 1)[1], int(fields[1]), sum(map(int, fields[11:15])))
    children = {}
    for pid, (_, parent, _) in stats.items():
        children.setdefault(parent, []).append(pid)
    total, open_ = 0, [root]
    while open_:
        pid = open_.pop()
        if pid in stats and stats[pid][0] not in without:
            total += stats[pid][2]
            open_ += children.get(pid, [])
    return total * TICK


def memory_shares(root):
    """Megabytes of a process and of all that it has started, by the name of their program.

    A page that several processes have is counted by share (PSS).
    """
    children = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                stat = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            children.setdefault(int(stat[1]), []).append(int(folder.name))
    shares, open_ = {}, [root]
    while open_:
        pid = open_.pop()
        open_ += children.get(pid, [])
        try:
            name = Path(f"/proc/{pid}/comm").read_text().strip()
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        pss = next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
        shares[name] = shares.get(name, 0) + pss / 1024
    return shares


def drop_from_page_cache(folders):
    """Makes the next reader of these files wait for the disk; gives the megabytes that were there.

    What a running process has mapped stays.
    """
    os.sync()
    before = _cached()
    for folder in folders:
        for path in Path(folder).rglob("*"):
            if path.is_file() and not path.is_symlink():
                file = os.open(path, os.O_RDONLY)
                os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
                os.close(file)
    return max(before - _cached(), 0)


def _cached():
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("Cached:"):
            return int(line.split()[1]) // 1024
    return 0
