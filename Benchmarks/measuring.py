"""Measures PyTorch in the same way as `fidelio bench` measures itself."""

import statistics
import time


def repeated(work, seconds, warm_up=2, least=3):
    """Runs the work a few times to warm up, then until the time is spent, at least `least` times; returns the seconds of each run."""
    for _ in range(warm_up):
        work()
    times = []
    begin = time.perf_counter()
    while True:
        start = time.perf_counter()
        work()
        end = time.perf_counter()
        times.append(end - start)
        if len(times) >= least and end - begin >= seconds:
            return times


def summary(times):
    return {"median": statistics.median(times), "minimum": min(times), "maximum": max(times), "runs": len(times)}


def peak_resident_bytes():
    """Peak resident memory of this process. (ru_maxrss would include the parent's from before exec, so /proc is used if available.)"""
    try:
        with open("/proc/self/status") as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    import resource
    import sys

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
