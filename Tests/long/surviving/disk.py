"""A disk of one's own for a storage folder: what a full, read-only, or unplugged disk does to the program, for this program alone."""
import fcntl
import os
import subprocess
import time

SHUTDOWN = 0x8004587D  # FS_IOC_SHUTDOWN
WITHOUT_FLUSH = 2  # FS_SHUTDOWN_FLAGS_NOLOGFLUSH


def run(*words, codes=(0,)):
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode not in codes:
        raise OSError(f"{' '.join(words)}: exit {done.returncode}: {(done.stderr or done.stdout).strip()}")


class Disk:
    """ext4 in a file where loop devices may be mounted, a tmpfs where that may be, or else a plain folder."""

    def __init__(self, folder, megabytes=640):
        self.path, self.image, self.kind = os.path.join(folder, "disk"), os.path.join(folder, "image"), "folder"
        os.makedirs(self.path)
        if os.geteuid() == 0:
            for kind in ("ext4", "tmpfs"):
                try:
                    self.make(kind, megabytes)
                    self.kind = kind
                    break
                except OSError:
                    continue

    def make(self, kind, megabytes):
        if kind == "tmpfs":
            return run("mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", self.path)
        with open(self.image, "wb") as file:
            file.truncate(megabytes << 20)
        run("mkfs.ext4", "-q", "-F", "-m", "0", self.image)
        self.mount()

    def mount(self):
        run("mount", "-o", "loop", self.image, self.path)

    @property
    def faults(self):
        """What this disk can do."""
        return {"ext4": {"full-disk", "read-only", "power-cut"}, "tmpfs": {"full-disk", "read-only"}, "folder": set()}[self.kind]

    def fill(self):
        """Leaves no space."""
        with open(os.path.join(self.path, "filler"), "wb", buffering=0) as file:
            for size in (1 << 22, 1 << 16, 1 << 12):
                try:
                    while True:
                        file.write(bytes(size))
                except OSError:
                    pass

    def free(self):
        try:
            os.remove(os.path.join(self.path, "filler"))
        except FileNotFoundError:
            pass

    def make_read_only(self):
        """ext4: at once, also under programs that have files open, as after an error of the device. tmpfs: only while no file is open for writing."""
        run("mount", "-o", "remount,abort" if self.kind == "ext4" else "remount,ro", self.path)

    def cut_power(self):
        """From now on nothing reaches the disk."""
        file = os.open(self.path, os.O_RDONLY)
        try:
            fcntl.ioctl(file, SHUTDOWN, WITHOUT_FLUSH.to_bytes(4, "little"))
        finally:
            os.close(file)

    def repair(self):
        """Makes it a usable disk again. No program may have a file open on it."""
        if self.kind == "tmpfs":
            return run("mount", "-o", "remount,rw", self.path)
        self.unmount()
        run("e2fsck", "-p", "-f", self.image, codes=(0, 1))
        self.mount()

    def unmount(self, within=60):
        """A killed process has a moment in which it has no command line any more, and files still open."""
        end = time.monotonic() + within
        while True:
            try:
                return run("umount", self.path)
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)

    def close(self):
        if self.kind != "folder":
            subprocess.run(["umount", "-l", self.path], capture_output=True)
            self.kind = "folder"
