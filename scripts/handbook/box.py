"""A box on Linux: no network, no other process, few folders to see and fewer to write to.

What bubblewrap does, in the system calls that it makes: no tool to install, none to be missing.
Everything here runs in a process that was just forked, and that ends or becomes another program.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

# From <sched.h>, <sys/mount.h>, <sys/prctl.h> and <linux/mount.h>.
CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND, MS_REC, MS_PRIVATE = 2, 4, 8, 4096, 16384, 1 << 18
MNT_DETACH = 2
PR_SET_PDEATHSIG, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 24, 38
MOUNT_ATTR_RDONLY, MOUNT_ATTR_NOSUID, MOUNT_ATTR_NODEV = 1, 2, 4
AT_FDCWD, AT_RECURSIVE = -100, 0x8000
# The same number on every processor; the C library has no name for it before 2.36.
SYS_MOUNT_SETATTR = 442
SYS_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41, "riscv64": 41}
CAPABILITY_VERSION = 0x20080522
MOST_CAPABILITIES = 64

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/opt")
SETTINGS = (
    "alternatives",
    "fonts",
    "group",
    "ld.so.cache",
    "localtime",
    "mime.types",
    "nsswitch.conf",
    "passwd",
)
DEVICES = ("null", "zero", "full", "random", "urandom")
# Bounds what a program in the box can pile up in its own /tmp.
TEMPORARY = "size=1g,mode=1777"


@dataclass(frozen=True)
class View:
    """What the box shows.

    Attributes:
        readable: Folders that can be read; those of the system need no mention.
        writable: Folders that can be written; they have to exist.
        place: An empty folder that the box is put together in.
        here: The working directory.
    """

    readable: tuple[Path, ...]
    writable: tuple[Path, ...]
    place: Path
    here: Path


def enter(view: View) -> None:
    """Goes on in a box: returns in a new process that has nothing else around it.

    The process that called becomes one that only waits, and ends as the new one does: with its
    exit status, or with 128 and the signal.

    Args:
        view: What the box shows.

    Raises:
        OSError: The kernel, or how it is set up, does not allow boxes.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    user, group = os.getuid(), os.getgid()
    spaces = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET
    _must(libc.unshare(CLONE_NEWUSER | spaces), "no namespaces")
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        Path("/proc/self", name).write_text(text, encoding="ascii")
    _wait_in_a_parent()
    # Now the first process of its own space: when it ends, the kernel ends all others in it.
    _must(libc.mount(None, b"/", None, MS_REC | MS_PRIVATE, None), "no private mounts")
    _put_together(libc, view)
    # One more: signals that nobody handles do not reach the first process of a space.
    _wait_in_a_parent()
    _drop_capabilities(libc)


def die_with_parent() -> None:
    """Ends this process when the one that started it ends; Linux only."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _must(result: int, what: str) -> None:
    if result:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def _wait_in_a_parent() -> None:
    """Goes on in a child; the parent passes on how it ended."""
    child = os.fork()
    if child == 0:
        die_with_parent()
        return
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        # The first process of a space is also given the orphans of it.
        ended, status = os.wait()
        if ended == child:
            code = os.waitstatus_to_exitcode(status)
            os._exit(code if code >= 0 else 128 - code)


def _put_together(libc: ctypes.CDLL, view: View) -> None:
    root = view.place
    mount = _mounter(libc)
    mount("tmpfs", root, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755")
    for name in ("tmp", "dev/shm"):
        (root / name).mkdir(parents=True)
        mount("tmpfs", root / name, "tmpfs", MS_NOSUID | MS_NODEV, TEMPORARY)
    for path in _outermost([*map(Path, SYSTEM), *view.readable]):
        _show(libc, mount, path, root, MOUNT_ATTR_RDONLY)
    for name in SETTINGS:
        _show(libc, mount, Path("/etc", name), root, MOUNT_ATTR_RDONLY)
    for name in DEVICES:
        _show(libc, mount, Path("/dev", name), root, 0)
    for path in view.writable:
        _show(libc, mount, path, root, 0)
    (root / "proc").mkdir()
    mount("proc", root / "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, "")
    (root / "dev" / "fd").symlink_to("/proc/self/fd")
    _restrict(libc, root, MOUNT_ATTR_RDONLY, 0)
    os.chdir(root)
    number = SYS_PIVOT_ROOT.get(os.uname().machine)
    if number is None:
        raise OSError(0, f"no box on {os.uname().machine}")
    _must(libc.syscall(number, b".", b"."), "no other root")
    _must(libc.umount2(b".", MNT_DETACH), "the old root stays")
    os.chdir(view.here)


def _mounter(libc: ctypes.CDLL) -> Callable[[str, Path, str | None, int, str], None]:
    def mount(source: str, target: Path, kind: str | None, flags: int, options: str) -> None:
        words = [os.fsencode(source), os.fsencode(target), kind.encode() if kind else None]
        _must(libc.mount(*words, flags, options.encode()), f"{target.name} is not mounted")

    return mount


def _outermost(paths: Iterable[Path]) -> Iterator[Path]:
    """Yields what exists, without what lies in another one of them."""
    shown: list[Path] = []
    for path in sorted({path for path in paths if path.exists()}):
        if not any(path.is_relative_to(other) for other in shown):
            if not path.is_symlink():
                shown.append(path)
            yield path


def _show(
    libc: ctypes.CDLL,
    mount: Callable[[str, Path, str | None, int, str], None],
    path: Path,
    root: Path,
    attributes: int,
) -> None:
    """Lets a path of the machine be seen in the box, at the same place."""
    if not path.exists():
        return
    target = root / path.relative_to("/")
    target.parent.mkdir(parents=True, exist_ok=True)
    if path.is_symlink():
        target.symlink_to(path.readlink())
        return
    if path.is_dir():
        target.mkdir(exist_ok=True)
    else:
        target.touch()
    mount(str(path), target, None, MS_BIND | MS_REC, "")
    if path.parent != Path("/dev"):
        attributes |= MOUNT_ATTR_NODEV
    _restrict(libc, target, attributes | MOUNT_ATTR_NOSUID, AT_RECURSIVE)


def _restrict(libc: ctypes.CDLL, target: Path, attributes: int, reach: int) -> None:
    asked = (ctypes.c_uint64 * 4)(attributes, 0, 0, 0)
    words = (AT_FDCWD, os.fsencode(target), reach, ctypes.byref(asked))
    size = ctypes.c_size_t(ctypes.sizeof(asked))
    done = libc.syscall(SYS_MOUNT_SETATTR, *words, size)
    _must(done, f"{target.name} cannot be restricted")


def _drop_capabilities(libc: ctypes.CDLL) -> None:
    """Gives up what made the box, so that nothing in it can be taken apart."""
    for number in range(MOST_CAPABILITIES):
        libc.prctl(PR_CAPBSET_DROP, number, 0, 0, 0)
    _must(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "privileges can be gained")
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
    none = (ctypes.c_uint32 * 6)()
    _must(libc.capset(ctypes.byref(header), ctypes.byref(none)), "privileges are kept")


def readable(root: Path, here: Path) -> tuple[Path, ...]:
    """Returns what Python needs to read beside the system: itself, its packages, the checkout.

    Args:
        root: The checkout.
        here: The working directory.
    """
    found = [root, here, Path(sys.prefix), Path(sys.base_prefix), *map(Path, sys.path)]
    with suppress(OSError):
        found.append(Path(sys.executable).resolve().parent)
    return tuple(path for path in found if path.is_absolute() and path != Path("/"))
