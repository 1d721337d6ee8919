"""The faults. Each takes the storm, in which it finds the machine, the disk, the clock, and the random numbers, and returns False where there was nothing to hit."""
import json
import os
import signal

from .machine import Refused


def kill_server(storm):
    storm.machine.kill()
    storm.pause(0, 0.8)
    if storm.numbers.random() < 0.25:
        # Once more while it starts.
        storm.machine.launch()
        storm.pause(0, 0.5)
        storm.machine.kill()
    storm.start()


def kill_worker(storm):
    worker = storm.worker()
    return worker is not None and worker.signal(signal.SIGKILL)


def kill_everything(storm):
    storm.machine.kill_everything()
    storm.start()


def stop_worker(storm):
    """Stopped, and continued some time later, whatever happens in between."""
    worker = storm.worker()
    if worker is None or not worker.signal(signal.SIGSTOP):
        return False
    storm.later(storm.numbers.uniform(0.2, 3), lambda: worker.signal(signal.SIGCONT))


def stop_server(storm):
    storm.machine.signal(signal.SIGSTOP)
    storm.pause(0.2, 2)
    storm.machine.signal(signal.SIGCONT)


def end_server(storm):
    """As a service manager stops it: it saves all work, and exits with 0."""
    storm.end_server()
    storm.pause(0, 0.3)
    storm.start()


def end_worker(storm):
    worker = storm.worker()
    return worker is not None and worker.signal(signal.SIGTERM)


def full_disk(storm):
    storm.disk.fill()
    storm.pause(0.3, 1.5)
    storm.look("a full disk")
    if storm.numbers.random() < 0.5 and (worker := storm.worker(patience=0)):
        worker.signal(signal.SIGKILL)
        storm.pause(0.1, 0.5)
    storm.disk.free()
    # What could not save waits for half a minute, or for whoever has made room and starts the server again.
    if storm.numbers.random() < 0.8:
        storm.end_server()
        storm.start()


def read_only(storm):
    if storm.disk.kind != "ext4":
        # No file may be open for writing then: found at a start.
        storm.machine.kill_everything()
        storm.disk.make_read_only()
        try:
            storm.machine.start()
            storm.findings.append("a server has started on a read-only disk")
        except Refused as refusal:
            if refusal.code != 74 or "Read-only file system" not in refusal.words:
                storm.findings.append(f"a start on a read-only disk: {refusal}")
        storm.machine.kill_everything()
    else:
        storm.disk.make_read_only()
        storm.pause(0.2, 1)
        storm.look("a read-only disk")
        storm.machine.kill_everything()
    storm.disk.repair()
    storm.start()


def power_cut(storm):
    storm.disk.cut_power()
    storm.pause(0, 0.3)
    storm.machine.kill_everything()
    storm.disk.repair()
    storm.start()


def spoil_checkpoint(storm):
    """The newest checkpoint of a run at work is damaged, and its worker dies: whoever continues has to notice."""
    found = storm.stopped_worker(lambda worker: storm.newest_checkpoint(worker))
    if not found:
        return False
    worker, path = found
    size, way = os.path.getsize(path), storm.numbers.choice(["byte", "byte", "cut", "empty", "zeros"])
    with open(path, "r+b") as file:
        if way == "byte":
            # In the stored numbers: what unpacking does not read (the time of a member) is no damage.
            place = storm.numbers.randrange(size // 4, size * 3 // 4)
            file.seek(place)
            byte = file.read(1)[0]
            file.seek(place)
            file.write(bytes([byte ^ 1 << storm.numbers.randrange(8)]))
        elif way == "zeros":
            file.seek(size // 2)
            file.write(bytes(size - size // 2))
        else:
            file.truncate(0 if way == "empty" else storm.numbers.randrange(1, size))
    worker.signal(signal.SIGKILL)


def cut_log(storm):
    """The events of a worker end earlier than it wrote them, within a line, at its end, or in zeros, as after a power cut."""
    found = storm.stopped_worker(lambda worker: storm.log(worker))
    if not found:
        return False
    worker, path = found
    size, way = os.path.getsize(path), storm.numbers.choice(["line", "tail", "anywhere", "zeros"])
    lost = {"line": storm.numbers.randrange(1, 60), "tail": storm.numbers.randrange(1, 3000), "zeros": storm.numbers.randrange(1, 3000), "anywhere": storm.numbers.randrange(size + 1)}[way]
    kept = max(0, size - lost)
    with open(path, "r+b") as file:
        file.truncate(kept)
        if way == "zeros":
            file.truncate(size)
    worker.signal(signal.SIGKILL)


def set_clock_back(storm):
    """The wall clock of the server and the workers goes back, and some time later is right again."""
    storm.clock.set(-storm.numbers.choice([1, 30, 3600, 86_400, storm.numbers.randrange(1, 86_400)]))
    storm.later(storm.numbers.uniform(0.5, 5), lambda: storm.clock.set(0))


# Each with how often it is chosen.
FAULTS = {
    "kill-server": (kill_server, 5), "kill-worker": (kill_worker, 6), "kill-everything": (kill_everything, 3), "stop-worker": (stop_worker, 4), "stop-server": (stop_server, 3),
    "end-server": (end_server, 2), "end-worker": (end_worker, 3), "full-disk": (full_disk, 2), "read-only": (read_only, 2), "power-cut": (power_cut, 2),
    "spoil-checkpoint": (spoil_checkpoint, 4), "cut-log": (cut_log, 4), "set-clock-back": (set_clock_back, 3),
}


def newest_checkpoint(log, storage):
    """The file of the last checkpoint in a log; nil where the run has ended, or has none."""
    newest = None
    for event in events(log):
        if event["type"] == "finished":
            newest = None
        elif event["type"] == "checkpoint":
            newest = event["digest"]
    path = newest and os.path.join(storage, "archives", newest[:2], newest + ".npz")
    return path if path and os.path.exists(path) and os.path.getsize(path) > 8 else None


def events(log):
    """Those of the complete lines."""
    with open(log, "rb") as file:
        lines = file.read().split(b"\n")[:-1]
    for line in lines:
        try:
            yield json.loads(line)
        except ValueError:
            yield {"type": "damaged", "line": line}


def has_finished(log):
    """Whether the worker that writes it has told its end."""
    return any(event["type"] == "finished" for event in list(events(log))[-1:])

