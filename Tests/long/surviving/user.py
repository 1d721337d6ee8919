"""Somebody who goes on working with the server whatever happens to it, and remembers what was acknowledged."""
import collections
import random
import threading
import time

from .machine import Unanswered
from .twin import ENDED, ENDLESS, evaluation_of


class User(threading.Thread):
    """Asks until there is an answer, as a client should: submissions under a key, so that a repeated one is the same one.

    What is acknowledged is kept: runs (by id, with what they are), studies, evaluations (their runs), labels and members (the last state), operations of a
    notebook (in their order).
    """

    def __init__(self, machine, twin, numbers, rest):
        super().__init__(daemon=True)
        self.machine, self.twin, self.numbers, self.rest = machine, twin, numbers, rest
        self.acknowledged, self.refused, self.findings = collections.Counter(), collections.Counter(), []
        self.runs, self.studies, self.evaluations, self.cancelled = {}, {}, {}, set()
        self.labels, self.members, self.removed, self.operations, self.notebook, self.base = {}, {}, set(), [], None, 0
        self.to_cancel, self.paused, self.todo, self.count = [], [], [], 0
        self.is_ending, self.is_giving_up = threading.Event(), threading.Event()

    def insist(self, method, path, body=None, keyed=False):
        """The first answer that decides: 503 and 507 say that nothing was changed."""
        self.count += 1
        key = f"survival-{self.count}" if keyed else None
        while not self.is_giving_up.is_set():
            try:
                status, answer = self.machine.ask(method, path, body, key)
            except Unanswered:
                self.refused["unanswered"] += 1
                time.sleep(0.05)
                continue
            code = (answer or {}).get("code", "") if isinstance(answer, dict) else ""
            if status in (503, 507):
                self.refused[code] += 1
                time.sleep(0.1)
            elif status >= 500:
                self.findings.append(f"{method} {path}: {status} {code}: {answer.get('detail')}")
                time.sleep(0.5)
            else:
                return status, answer
        raise Unanswered(f"{method} {path}: given up")

    def expect(self, what, statuses, method, path, body=None, keyed=False):
        """The answer, counted as acknowledged; nil where the state of things forbids the change (409)."""
        status, answer = self.insist(method, path, body, keyed)
        if status in statuses:
            self.acknowledged[what] += 1
            return answer
        if status != 409:
            self.findings.append(f"{method} {path} {body}: {status} {answer}")
        return None

    # What it does

    def run(self):
        try:
            self.make_notebook()
            while not self.is_ending.is_set():
                self.numbers.choices(*zip(
                    (self.submit, 6), (self.submit_study, 1), (self.submit_endless, 1), (self.cancel, 1), (self.label, 2), (self.edit, 3), (self.evaluate, 2),
                    (self.rerun, 1), (self.requeue, 1), (self.pause, 1), (self.add_member, 1), (self.remove_member, 1)))[0]()
                time.sleep(self.numbers.uniform(0, self.rest))
            while self.to_cancel:
                self.cancel()
            while self.paused:
                self.unpause()
        except Unanswered as problem:
            self.findings.append(f"the user {problem}")

    def listed(self, *states):
        """Acknowledged runs in these states, for which nothing else is planned."""
        answer = self.insist("GET", "/runs?limit=1000")[1]
        busy = set(self.to_cancel) | set(self.paused)
        return [run for run in answer["runs"] if run["state"] in states and run["id"] in self.runs and run["id"] not in busy]

    def submit(self):
        if len(self.listed("queued", "running")) >= 4:
            return
        if not self.todo:
            self.todo = list(self.twin.specifications)
            self.numbers.shuffle(self.todo)
        if answer := self.expect("run", (200, 201), "POST", "/runs", self.todo.pop(), keyed=True):
            self.runs[answer["id"]] = "run"

    def submit_study(self):
        """The same plan again is the same study."""
        if answer := self.expect("study", (200, 201), "POST", "/studies", self.twin.plan, keyed=True):
            self.studies[answer["id"]] = answer["runs"]["total"]

    def submit_endless(self):
        if len(self.to_cancel) < 2 and (answer := self.expect("run", (200, 201), "POST", "/runs", ENDLESS | {"seed": 1000 + self.count}, keyed=True)):
            self.runs[answer["id"]] = "endless"
            self.to_cancel.append(answer["id"])

    def cancel(self):
        if self.to_cancel:
            run = self.to_cancel.pop(0)
            # Repeated after a lost answer, it finds a run that has ended.
            status, answer = self.insist("POST", f"/runs/{run}/cancel", {"reason": "survival"})
            if status == 200 or status == 409 and self.insist("GET", f"/runs/{run}")[1]["state"] == "cancelled":
                self.acknowledged["cancel"] += 1
                self.cancelled.add(run)
            elif status != 409:
                self.findings.append(f"cancel of {run}: {status} {answer}")

    def label(self):
        if self.runs:
            run, note, tags = self.numbers.choice(sorted(self.runs)), f"note {self.count}", [f"t{self.count % 5}"]
            if self.expect("label", (200,), "POST", "/labels", {"runs": [run], "note": note, "tags": tags}):
                self.labels[run] = (note, tags)

    def make_notebook(self):
        text = "---\nfidelio: notebook\nversion: 1\ntitle: Survival\n---\n\n<!-- cell c -->\nStart.\n"
        self.notebook = self.expect("notebook", (200, 201), "POST", "/notebooks", {"text": text}, keyed=True)["id"]

    def edit(self):
        source = f"Line {len(self.operations)}.\n" + "".join(self.operations[-1:])[:2000]
        body = {"client": "u", "counter": len(self.operations) + 1, "operations": [{"operation": "edit", "cell": "c", "source": source, "base": self.base}]}
        if answer := self.expect("notebook edit", (200,), "POST", f"/notebooks/{self.notebook}/operations", body):
            self.operations.append(source)
            self.base = answer["results"][0]["revision"]

    def evaluate(self):
        done = [run for run in self.listed("done") if self.runs[run["id"]] == "run" and run["id"] not in self.evaluations.values()]
        if done and (answer := self.expect("evaluation", (200, 201), "POST", "/evaluations", evaluation_of(self.numbers.choice(done)), keyed=True)):
            self.evaluations[answer["evaluations"][0]["id"]] = answer["evaluations"][0]["run"]

    def rerun(self):
        done = [run for run in self.listed("done") if self.runs[run["id"]] == "run"]
        if done and (answer := self.expect("rerun", (200, 201), "POST", f"/runs/{self.numbers.choice(done)['id']}/rerun", {}, keyed=True)):
            self.runs[answer["id"]] = "rerun"

    def requeue(self):
        if running := self.listed("running"):
            self.expect("requeue", (200,), "POST", f"/runs/{self.numbers.choice(running)['id']}/requeue", {"reason": "survival"})

    def pause(self):
        if self.paused:
            return self.unpause()
        if (open_runs := self.listed("running", "queued")) and len(open_runs) > 1:
            run = self.numbers.choice(open_runs)["id"]
            self.paused.append(run)
            self.expect("pause", (200,), "PATCH", f"/runs/{run}/queue", {"paused": True})

    def unpause(self):
        self.expect("pause", (200,), "PATCH", f"/runs/{self.paused.pop()}/queue", {"paused": False})

    def add_member(self):
        name = f"m{self.count}"
        status, answer = self.insist("POST", "/members", {"name": name, "role": "viewer"}, keyed=True)
        # Of what holds a secret, a repeated request is only told that it exists.
        if status == 201 or status == 409 and answer["code"] == "already-made":
            self.acknowledged["member"] += 1
            self.members[name] = True
        else:
            self.findings.append(f"POST /members: {status} {answer}")

    def remove_member(self):
        if self.members:
            name = self.numbers.choice(sorted(self.members))
            status, answer = self.insist("DELETE", f"/members/{name}")
            if status in (200, 204, 404):
                self.acknowledged["removed member"] += 1
                del self.members[name]
                self.removed.add(name)
            else:
                self.findings.append(f"DELETE /members/{name}: {status} {answer}")


def finish(machine, user, resumed, within):
    """Waits until everything has ended, and resumes what failed, as somebody would who reads the reason: `resumed` counts the reasons. Returns what is wrong."""
    end, repeated = time.monotonic() + within, set()
    while True:
        runs = machine.ask("GET", "/runs?limit=1000", within=60)[1]["runs"]
        jobs = machine.ask("GET", "/evaluations", within=60)[1]["evaluations"]
        failed = [run for run in runs if run["state"] == "failed" and user.runs.get(run["id"]) != "endless"]
        for run in failed:
            resumed[run["message"]] += 1
            machine.ask("POST", f"/runs/{run['id']}/resume", {"reason": "survival"})
        for job in jobs:
            if job["state"] == "failed" and job["id"] not in repeated:
                resumed[job["message"]] += 1
                repeated.add(job["id"])
                answer = machine.ask("POST", "/evaluations", evaluation_of(next(run for run in runs if run["id"] == job["run"])))[1]
                user.evaluations.pop(job["id"], None)
                user.evaluations[answer["evaluations"][0]["id"]] = job["run"]
                failed.append(job)
        unfinished = [row for row in runs + jobs if row["state"] not in ENDED]
        if not failed and not unfinished:
            return []
        if time.monotonic() > end:
            return [f"has not ended after {within} s: {row['id']} is {row['state']}, {row['message'] or 'without a message'}" for row in failed + unfinished]
        time.sleep(0.1)
