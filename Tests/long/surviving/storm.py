"""One round: a storage folder, a user, and faults; then everything is compared."""
import collections
import json
import os
import random
import shutil
import signal
import sqlite3
import time

from .disk import Disk
from .faults import FAULTS, events, has_finished, newest_checkpoint
from .machine import Machine, Refused, Unanswered
from .twin import get, results, values
from .user import User, finish

# Why a run may fail under faults: it says so, and goes on when it is resumed.
REASONS = ["times without progress"]
# What no log of a server may say.
CRIES = ["not the same bits", "Fatal error", "Backtrace", "SQLite error", "NSError", "lines of its events are damaged"]


class Storm:
    def __init__(self, options, twin, clock, folder, number, wanted):
        self.options, self.twin, self.clock, self.folder, self.number, self.wanted = options, twin, clock, folder, number, wanted
        os.makedirs(os.path.join(folder, "logs"))
        self.disk = Disk(folder)
        self.storage = os.path.join(self.disk.path, "storage")
        self.machine = Machine(options.fidelio, self.storage, os.path.join(folder, "logs"), clock.environment)
        self.numbers = random.Random(f"{options.seed}/{number}/faults")
        self.user = User(self.machine, twin, random.Random(f"{options.seed}/{number}/user"), 0.2)
        self.findings, self.story, self.due = [], [], []
        self.counts, self.resumed, self.answers = collections.Counter(), collections.Counter(), collections.Counter()
        self.measured = collections.Counter()
        possible = set(FAULTS) - {"full-disk", "read-only", "power-cut", "set-clock-back"} | self.disk.faults | (set() if clock.problem else {"set-clock-back"})
        self.left_out = set(FAULTS) - possible
        self.kinds = [kind for kind in FAULTS if kind in possible and (not options.kinds or kind in options.kinds)]

    # What faults use

    def pause(self, least, most):
        self.wait(self.numbers.uniform(least, most))

    def wait(self, seconds):
        """Does meanwhile what is due."""
        end = time.monotonic() + seconds
        while True:
            for entry in [entry for entry in self.due if entry[0] <= time.monotonic()]:
                self.due.remove(entry)
                entry[1]()
            left = end - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(left, 0.02))

    def later(self, seconds, action):
        self.due.append((time.monotonic() + seconds, action))

    def start(self):
        for _ in range(3):
            try:
                return self.machine.start()
            except Refused as refusal:
                self.findings.append(f"the server has not started: {refusal}")
                self.wait(1)
        raise refusal

    def end_server(self):
        self.machine.address = None
        self.machine.signal(signal.SIGTERM)
        end = time.monotonic() + 90
        while self.machine.is_running and time.monotonic() < end:
            self.wait(0.02)
        if self.machine.is_running:
            self.findings.append("the server has not ended within 90 s of SIGTERM")
            self.machine.kill()
        elif self.machine.process.returncode != 0:
            self.findings.append(f"the server has ended with {self.machine.process.returncode} after SIGTERM: {self.machine.complaint[-300:]}")

    def worker(self, patience=4):
        """One that is at work, within some seconds."""
        end = time.monotonic() + patience
        while True:
            if workers := self.machine.workers():
                return self.numbers.choice(sorted(workers, key=lambda worker: worker.pid))
            if time.monotonic() > end:
                return None
            self.wait(0.05)

    def stopped_worker(self, find, patience=4):
        """A worker that is stopped, and what `find` finds of it; nil where nobody has that."""
        end = time.monotonic() + patience
        while time.monotonic() < end and (worker := self.worker(patience)):
            if find(worker) and worker.signal(signal.SIGSTOP):
                self.wait(0.02)
                if worker.is_alive and (found := find(worker)):
                    return worker, found
                worker.signal(signal.SIGCONT)
            self.wait(0.05)
        return None

    def log(self, worker):
        """Its events, if it has written some and not its end."""
        path = os.path.join(worker.folder, "events.ndjson")
        try:
            return path if os.path.getsize(path) > 0 and not has_finished(path) else None
        except OSError:
            return None

    def newest_checkpoint(self, worker):
        log = self.log(worker)
        return log and newest_checkpoint(log, self.storage)

    def look(self, state):
        """Reading works, whatever the disk does."""
        for path in ("/status", "/runs"):
            try:
                status, answer = self.machine.ask("GET", path)
                if status != 200:
                    self.findings.append(f"{state}: GET {path}: {status} {answer}")
            except Unanswered as problem:
                self.findings.append(f"{state}: {problem}")

    # The round

    def run(self):
        began = time.monotonic()
        shutil.copytree(os.path.join(self.options.folder, "twin", "datasets"), os.path.join(self.storage, "datasets"))
        # These files were not written by the program, which would have waited for the disk.
        os.sync()
        self.start()
        self.user.start()
        done = 0
        while done < self.wanted:
            self.wait(self.numbers.uniform(0.05, self.options.rest))
            kind = self.numbers.choices(self.kinds, [FAULTS[kind][1] for kind in self.kinds])[0]
            self.tell(kind)
            if FAULTS[kind][0](self) is False:
                self.tell("nothing to hit")
                continue
            done += 1
            self.counts[kind] += 1
            if not self.machine.is_running:
                self.findings.append(f"after {kind} the server has ended with {self.machine.process.returncode}: {self.machine.complaint[-500:]}")
                self.start()
        self.measured["faulty seconds"] = time.monotonic() - began
        self.calm()
        self.measured["seconds"] = time.monotonic() - began

    def tell(self, what):
        line = f"{time.strftime('%H:%M:%S')} {what}"
        self.story.append(line)
        if self.options.verbose:
            print(line, flush=True)

    def calm(self):
        """No more faults: everything comes to its end, and is compared."""
        while self.due:
            self.wait(0.05)
        self.end_server()
        self.start()
        self.user.is_ending.set()
        self.user.join(60)
        if self.user.is_alive():
            self.user.is_giving_up.set()
            self.user.join()
            self.findings.append("the user has got no answer for 60 s")
        self.tell("no more faults")
        self.findings += self.user.findings + finish(self.machine, self.user, self.resumed, self.options.patience)
        self.findings += [f"a run or evaluation has failed: {reason}" for reason in self.resumed if not any(allowed in reason for allowed in REASONS)]
        self.compare()
        self.compare_acknowledged()
        self.end_server()
        self.look_at_storage()

    # What must hold

    def compare(self):
        runs = self.rows("/runs", "runs")
        for run in runs:
            attempts = get(self.machine, f"/runs/{run['id']}")["attempts"]
            self.measured["attempts"] += len(attempts)
            self.measured["resumed"] += max(0, len(attempts) - 1)
            self.compare_times(run, attempts)
            if run["damaged_events"] or run["unknown_events"]:
                self.findings.append(f"{run['id']}: {run['damaged_events']} damaged and {run['unknown_events']} unknown events")
            if self.user.runs.get(run["id"]) == "endless":
                continue
            expected = self.twin.results.get(run["specification_digest"])
            if not expected:
                self.findings.append(f"{run['id']}: nobody has submitted its specification")
                continue
            found, doubled = results(self.machine, run)
            self.measured["events doubled"] += len(doubled)
            self.findings += [f"twice: {row}" for row in doubled]
            for part, table in expected.items():
                self.compare_part(run["id"], part, table, found[part])
        for run in [run for run in runs if self.user.runs.get(run["id"]) == "rerun"]:
            verdict = get(self.machine, f"/runs/{run['id']}/verification")
            if verdict["state"] != "identical":
                self.findings.append(f"the rerun {run['id']} is {verdict['state']}: {verdict['reason'] or verdict['first_difference']}")
        for job in get(self.machine, "/evaluations")["evaluations"]:
            if job["state"] != "done":
                continue
            digest = get(self.machine, f"/runs/{job['run']}")["specification_digest"]
            self.measured["digests"] += 1
            if values(get(self.machine, f"/evaluations/{job['id']}")) != self.twin.evaluations[digest]:
                self.measured["changed"] += 1
                self.findings.append(f"the evaluation {job['id']} has other values than undisturbed")

    def compare_part(self, run, part, expected, found):
        """Stopped workers save: a run may have more checkpoints than its twin, and nothing else more."""
        digested = part in ("end", "grid", "checkpoint", "evaluation")
        self.measured["digests" if digested else "events"] += len(expected)
        for key in sorted(set(expected) | (set(found) if part != "checkpoint" else set())):
            if key not in found:
                self.measured["events lost"] += 1
                self.findings.append(f"{run}: {part} {key} is missing")
            elif key not in expected:
                self.findings.append(f"{run}: {part} {key} is there, and was not undisturbed")
            elif expected[key] != found[key]:
                self.measured["changed"] += 1
                self.findings.append(f"{run}: {part} {key} is {found[key]}, and was {expected[key]} undisturbed")

    def compare_times(self, run, attempts):
        for what, times in [("run " + run["id"], (run["created"], run["started"], run["finished"]))] + [
            (f"attempt {attempt['number']} of {run['id']}", (attempt["submitted"], attempt["started"], attempt["ended"])) for attempt in attempts
        ]:
            known = [moment for moment in times if moment is not None]
            if known != sorted(known):
                self.findings.append(f"the times of the {what} go back: {times}")

    def rows(self, path, member):
        found, page = [], ""
        while page is not None:
            answer = get(self.machine, f"{path}?limit=1000" + (f"&page_token={page}" if page else ""))
            found += answer[member]
            page = answer["next_page_token"]
        return found

    def compare_acknowledged(self):
        """Everything that was acknowledged is there once, and nothing else is there."""
        user = self.user
        runs = {run["id"]: run for run in self.rows("/runs", "runs")}
        audit = collections.Counter((entry["action"], entry["target"]) for entry in self.rows("/audit", "entries"))

        def judge(what, acknowledged, found):
            lost, more = [name for name in acknowledged if name not in found], [name for name in found if name not in acknowledged]
            self.answers["lost"] += len(lost)
            self.answers["doubled"] += len(more)
            self.findings += [f"{what}: {name} was acknowledged and is not there" for name in lost] + [f"{what}: {name} is there, and nobody has asked for it" for name in more]

        judge("runs", user.runs, [run["id"] for run in runs.values() if run["study"] is None])
        judge("studies", user.studies, [study["id"] for study in self.rows("/studies", "studies")])
        judge("runs of studies", range(sum(user.studies.values())), range(sum(run["study"] is not None for run in runs.values())))
        judge("evaluations", user.evaluations, [job["id"] for job in get(self.machine, "/evaluations")["evaluations"] if job["state"] != "failed"])
        judge("members", user.members, [member["name"] for member in get(self.machine, "/members") if member["name"].startswith("m")])
        operations = get(self.machine, f"/notebooks/{user.notebook}/operations?since=0")["operations"]
        judge("notebook", list(enumerate(user.operations)), list(enumerate(operation["source"] for operation in operations)))
        for run in user.cancelled:
            if runs[run]["state"] != "cancelled":
                self.answers["lost"] += 1
                self.findings.append(f"{run} was cancelled, and is {runs[run]['state']}")
        for run, label in user.labels.items():
            if (found := (runs[run]["labels"]["note"], runs[run]["labels"]["tags"])) != label:
                self.answers["lost"] += 1
                self.findings.append(f"{run} was labeled {label}, and has {found}")
        for run, kind in user.runs.items():
            if kind != "rerun" and audit["submit", f"run {run}"] != 1:
                self.answers["doubled" if audit["submit", f"run {run}"] else "lost"] += 1
                self.findings.append(f"the audit log has the submission of {run} {audit['submit', f'run {run}']} times")

    def look_at_storage(self):
        """Without a server."""
        if left := self.machine.processes():
            self.measured["processes left"] = len(left)
            self.findings.append(f"processes are left: {[' '.join(process.words[:4]) for process in left]}")
        with sqlite3.connect(f"file:{self.storage}/fidelio.sqlite?mode=ro", uri=True) as catalog:
            answer = [row[0] for row in catalog.execute("PRAGMA integrity_check")] + list(catalog.execute("PRAGMA foreign_key_check"))
        catalog.close()
        if answer != ["ok"]:
            self.findings.append(f"the catalog: {answer[:3]}")
        code, said, words = self.machine.run("doctor", "--all", "--json")
        try:
            wrong = [finding for finding in json.loads(said)["findings"] if finding["verdict"] == "problem" and finding["subject"] != "disk"]
        except ValueError:
            wrong = [f"exit {code}: {words}"]
        self.findings += [f"doctor: {finding}" for finding in wrong]
        for folder, _, files in os.walk(self.storage):
            self.findings += [f"a file of a killed process is left: {os.path.join(folder, name)}" for name in files if name.endswith(".partial")]
            if "events.ndjson" in files:
                damaged = [event["line"] for event in events(os.path.join(folder, "events.ndjson")) if event["type"] == "damaged"]
                self.findings += [f"{folder}/events.ndjson has a damaged line: {line[:80]}" for line in damaged]
        for name in sorted(os.listdir(self.machine.logs)):
            with open(os.path.join(self.machine.logs, name), encoding="utf-8", errors="replace") as file:
                self.findings += [f"{name}: {line.strip()[:300]}" for line in file if any(cry in line for cry in CRIES)]

    def close(self):
        """Leaves no process and no mounted disk."""
        self.user.is_giving_up.set()
        self.machine.kill_everything()
        if self.user.ident:
            self.user.join(20)
        self.disk.close()
