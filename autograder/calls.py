"""The system calls that a submission is refused, as a filter program for the kernel (seccomp).

It is compiled here, with libseccomp, and loaded in the submission's process, which needs no library for it.
Landlock decides about reading and writing files; what it leaves open on some kernel or on all of them (modes,
owners and times of files, watching folders, signals by way of a file's owner) is closed here.
"""

from __future__ import annotations

import contextlib
import errno
import tempfile
from typing import Any

NEW_PROCESSES = "fork vfork execve execveat setsid setpgid"
OTHERS = (
    "kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo pidfd_open pidfd_getfd pidfd_send_signal ptrace kcmp "
    "process_vm_readv process_vm_writev process_madvise process_mrelease move_pages migrate_pages "
    "sched_setaffinity sched_setscheduler sched_setparam sched_setattr setpriority ioprio_set"
)
SOCKETS = "socket bind listen accept accept4 connect"
FILES = (
    "truncate setxattr lsetxattr fsetxattr setxattrat removexattr lremovexattr fremovexattr removexattrat "
    "file_setattr mknod mknodat inotify_init inotify_init1 inotify_add_watch fanotify_init memfd_create "
    "memfd_secret name_to_handle_at open_by_handle_at quotactl quotactl_fd"
)
SYSTEM = (
    "mount umount umount2 move_mount open_tree open_tree_attr fsopen fsconfig fsmount fspick mount_setattr "
    "pivot_root chroot unshare setns bpf perf_event_open userfaultfd keyctl add_key request_key io_uring_setup "
    "io_uring_enter io_uring_register shmget shmat shmctl msgget semget mq_open setrlimit setuid setgid "
    "setresuid setresgid setreuid setregid setgroups setfsuid setfsgid capset personality modify_ldt iopl ioperm "
    "reboot swapon swapoff create_module init_module finit_module delete_module kexec_load kexec_file_load acct "
    "settimeofday clock_settime clock_adjtime adjtimex stime sethostname setdomainname syslog vhangup "
    "lookup_dcookie uselib nfsservctl"
)
PRETENDED = (  # answered "done" and not done, so that copying a file in one's own folder works
    "chmod fchmod fchmodat fchmodat2 chown lchown fchown fchownat utime utimes futimesat utimensat sync syncfs"
)
NEWER_CALLS = range(463, 520)  # unknown when this list was made; programs try them and fall back
CLONE_THREAD, LOW_HALF = 0x10000, 0xFFFFFFFF  # an int argument's upper half may hold anything
SOCK_DGRAM, SOCK_TYPES = 2, 0xF
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
F_SETOWN, F_SETSIG, F_SETOWN_EX, F_SETLEASE, F_NOTIFY = 8, 10, 15, 1024, 1026
FIOSETOWN, SIOCSPGRP, TIOCSTI, TIOCLINUX = 0x8901, 0x8902, 0x5412, 0x541C
FS_IOC_SETFLAGS, FS_IOC_FSSETXATTR = 0x40086602, 0x401C5820


def compile_filter() -> bytes:
    """The filter program; everything it does not name is allowed.

    Raises
    ------
    ImportError, OSError, RuntimeError
        Where libseccomp is missing.
    """
    import pyseccomp as seccomp  # type: ignore[import-untyped,unused-ignore]

    rules = seccomp.SyscallFilter(seccomp.ALLOW)
    refused = seccomp.ERRNO(errno.EPERM)
    for name in f"{NEW_PROCESSES} {OTHERS} {SOCKETS} {FILES} {SYSTEM}".split():
        _add(rules, refused, name)
    for name in PRETENDED.split():
        _add(rules, seccomp.ERRNO(0), name)
    for number in NEWER_CALLS:
        _add(rules, seccomp.ERRNO(errno.ENOSYS), number)
    # libc falls back to clone, whose flags a filter can read: threads yes, processes no
    _add(rules, seccomp.ERRNO(errno.ENOSYS), "clone3")
    _add(rules, refused, "clone", seccomp.Arg(0, seccomp.MASKED_EQ, CLONE_THREAD, 0))
    _add(rules, refused, "prlimit64", seccomp.Arg(2, seccomp.NE, 0))
    # a pair of datagram sockets can send to a service that listens at a path
    _add(rules, refused, "socketpair", seccomp.Arg(1, seccomp.MASKED_EQ, SOCK_TYPES, SOCK_DGRAM))
    for call, argument, values in (
        ("prctl", 0, (PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER)),
        ("fcntl", 1, (F_SETOWN, F_SETSIG, F_SETOWN_EX, F_SETLEASE, F_NOTIFY)),
        (
            "ioctl",
            1,
            (FIOSETOWN, SIOCSPGRP, TIOCSTI, TIOCLINUX, FS_IOC_SETFLAGS, FS_IOC_FSSETXATTR),
        ),
    ):
        for value in values:
            _add(rules, refused, call, seccomp.Arg(argument, seccomp.MASKED_EQ, LOW_HALF, value))
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()


def _add(rules: Any, action: int, call: str | int, *arguments: Any) -> None:
    """Add a rule, unless this architecture or libseccomp does not know the call."""
    with contextlib.suppress(OSError):
        rules.add_rule(action, call, *arguments)
