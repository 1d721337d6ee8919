#!/usr/bin/env python3
"""A simulated Slurm: sbatch, squeue, scancel, scontrol, and sacct by the name of a link to this file.

Its state is state.json beside the link, its faults (chances per tick or call) and seed are faults.json. Time advances by one tick with every squeue. A job is no process:
it writes what a worker writes, a claim, a log, and a report in the lease of its run's folder. Two jobs of one run at work at once, and a job of a run that is done, are
violations, which are counted."""
import fcntl, json, os, random, re, shlex, sys

here = os.path.dirname(os.path.abspath(sys.argv[0]))
command, arguments = os.path.basename(sys.argv[0]), sys.argv[1:]


def fail(text, status=1):
    print(f"{command}: error: {text}", file=sys.stderr)
    save()
    sys.exit(status)


lock = open(f"{here}/lock", "w")
fcntl.flock(lock, fcntl.LOCK_EX)
faults = json.load(open(f"{here}/faults.json"))
try:
    state = json.load(open(f"{here}/state.json"))
    randomness = random.Random()
    randomness.setstate((state["random"][0], tuple(state["random"][1]), state["random"][2]))
except FileNotFoundError:
    randomness = random.Random(faults["seed"])
    state = {"next": 1, "tick": 0, "jobs": {}, "violations": [], "done": [], "counts": {}, "random": None}


def save():
    state["random"] = randomness.getstate()
    with open(f"{here}/state.new", "w") as file:
        json.dump(state, file)
    os.rename(f"{here}/state.new", f"{here}/state.json")


def chance(name):
    hit = randomness.random() < faults.get(name, 0)
    if hit:
        state["counts"][name] = state["counts"].get(name, 0) + 1
    return hit


def write(path, text):
    with open(path + ".new", "w") as file:
        file.write(text)
    os.rename(path + ".new", path)


def order(job):
    return f"{job['attempt']}.{job['restarts']}"


def append(job, event):
    with open(f"{job['folder']}/lease/{order(job)}.ndjson", "a") as file:
        file.write(json.dumps({"time": 1, **event}) + "\n")


def begin(id, job):
    for other, one in state["jobs"].items():
        if other != id and one["folder"] == job["folder"] and one["state"] == "RUNNING":
            state["violations"].append(f"{id} and {other} were at work on {job['folder']}")
    if job["folder"] in state["done"]:
        state["violations"].append(f"{id} began after {job['folder']} was done")
    lease = f"{job['folder']}/lease"
    os.makedirs(lease, exist_ok=True)
    orders = sorted(tuple(map(int, name[:-5].split("."))) for name in os.listdir(lease) if re.fullmatch(r"\d+\.\d+\.json", name))
    if orders and orders[-1] >= (job["attempt"], job["restarts"]):
        state["violations"].append(f"{id} came after {orders[-1]} with the order {order(job)}")
    earlier = open(f"{lease}/{orders[-1][0]}.{orders[-1][1]}.ndjson").read() if orders else ""
    write(f"{lease}/{order(job)}.json", json.dumps({"inherited": len(earlier)}))
    write(f"{lease}/{order(job)}.ndjson", earlier)
    job.update(state="RUNNING", node=f"n{randomness.randint(1, 1000)}", reason="None")
    append(job, {"type": "started", "step": job["step"], "threads": 1, "kernels": "scalar", "host": job["node"], "pid": 1, "program": "0", "resumed": job["step"] > 0})


def end(job, name, status=0, reason="None"):
    job.update(state=name, status=status, reason=reason, ended=state["tick"])


def progress(job):
    line = [json.loads(text) for text in open(f"{job['folder']}/lease/{order(job)}.ndjson")]
    job["step"] = max([event["step"] for event in line if event["type"] == "checkpoint"], default=0) + 1
    append(job, {"type": "checkpoint", "step": job["step"], "digest": f"{job['step']:064x}", "bytes": 10, "final": job["step"] == faults["steps"]})
    if job["step"] < faults["steps"]:
        return
    if not chance("missing_report"):
        write(f"{job['folder']}/lease/{order(job)}.exit.json", json.dumps({"outcome": "done", "message": "", "code": 0}))
        state["done"].append(job["folder"])
        end(job, "COMPLETED")
    else:
        end(job, "NODE_FAIL", reason="NodeDown")


def tick():
    state["tick"] += 1
    for id in sorted(state["jobs"], key=lambda id: tuple(map(int, id.split("_")))):
        job = state["jobs"][id]
        if job["state"] == "PENDING":
            array = [one for other, one in state["jobs"].items() if other.split("_")[0] == id.split("_")[0] and one["state"] == "RUNNING"]
            if chance("held"):
                job["reason"] = "JobHeldUser"
            elif len(array) >= job["throttle"]:
                job["reason"] = "JobArrayTaskLimit"
            elif randomness.random() < 0.6:
                begin(id, job)
        elif job["state"] == "RUNNING":
            if chance("preempted"): end(job, "PREEMPTED", 9)
            elif chance("node_failed"): end(job, "NODE_FAIL", 0, "NodeDown")
            elif chance("timed_out"): end(job, "TIMEOUT", 15, "TimeLimit")
            elif chance("killed"): end(job, "FAILED", 9, "RaisedSignal:9(Killed)")
            elif chance("out_of_memory"): end(job, "OUT_OF_MEMORY", 9, "OutOfMemory")
            elif chance("cancelled"): end(job, "CANCELLED", 15)
            elif chance("requeued"): job.update(state="PENDING", reason="BeginTime", restarts=job["restarts"] + 1)
            else: progress(job)


def sbatch():
    options = dict(text[2:].split("=", 1) if "=" in text else (text[2:], "") for text in arguments if text.startswith("--"))
    script = open(arguments[-1]).read()
    if chance("refused"):
        fail("Batch job submission failed: Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)")
    if chance("unsent"):
        fail("Batch job submission failed: Socket timed out on send/recv operation")
    first, last, throttle = map(int, re.fullmatch(r"(\d+)-(\d+)%(\d+)", options["array"]).groups())
    id = state["next"]
    state["next"] += 1
    for index in range(first, last + 1):
        line = next(line for line in script.split("\n") if line.startswith(f"{index}) exec "))
        words = shlex.split(line[line.index("exec ") + 5:line.rindex(" >>")])
        state["jobs"][f"{id}_{index}"] = {
            "state": "PENDING", "reason": "Priority", "status": 0, "restarts": 0, "node": "", "comment": options["comment"], "throttle": throttle, "step": 0,
            "folder": words[words.index("worker") + 1], "attempt": int(words[words.index("--attempt") + 1]), "ended": None,
        }
    if chance("lost_answer"):
        fail("Batch job submission failed: Socket timed out on send/recv operation")
    print(id)


def squeue():
    tick()
    if chance("silent"):
        fail("Unable to contact slurm controller (connect failure)")
    fields = [field.split(":") for field in arguments[-1].removeprefix("--Format=").split(",")]
    for id, job in state["jobs"].items():
        # As after MinJobAge.
        if job["ended"] is not None and state["tick"] - job["ended"] > faults["age"]:
            continue
        values = {
            "JobArrayID": id, "State": job["state"], "exit_code": job["status"], "RestartCnt": job["restarts"], "TimeUsed": "1:00", "TimeLimit": "UNLIMITED",
            "Comment": job["comment"], "NodeList": job["node"], "Reason": job["reason"],
        }
        print("".join(str(values[name]).ljust(int(width))[:int(width)] for name, width in fields))


def sacct():
    if not faults["accounting"]:
        fail("Slurm accounting storage is disabled")
    for id in arguments[-1].removeprefix("--jobs=").split(","):
        if id in state["jobs"]:
            job = state["jobs"][id]
            print(f"{id}|{job['state']}|{job['status'] >> 8}:{job['status'] & 127}|{job['node']}|60|")


def scancel():
    for id in [text for text in arguments if not text.startswith("--")]:
        if id in state["jobs"] and state["jobs"][id]["ended"] is None:
            end(state["jobs"][id], "CANCELLED", 15)


def scontrol():
    if arguments == ["show", "config"]:
        print(f"MaxArraySize            = {faults['array']}")


{"sbatch": sbatch, "squeue": squeue, "sacct": sacct, "scancel": scancel, "scontrol": scontrol}[command]()
save()
