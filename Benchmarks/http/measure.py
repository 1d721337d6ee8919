"""Compares HTTP servers: Fidelio, Hummingbird, FlyingFox, and nginx, with one core for the server and one for the load generator.

    make compare-http                                   # builds the peers, then a Markdown table in about six minutes
    python3 Benchmarks/http/measure.py --quick          # one short round, as a smoke test
    python3 Benchmarks/http/measure.py --also before=/tmp/FidelioPeer --servers Fidelio before      # two builds of Fidelio, alternating

The servers alternate in each round; the table contains the medians over rounds.
"""
import argparse
import contextlib
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
SERVER_CORE, LOAD_CORE = "0", "1"
FIRST_PORT = 18600
NGINX = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/nginx.log crit;
events {{ worker_connections 4096; }}
http {{
    access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; types {{ application/json json; image/png png; }}
    client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3; uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
    server {{ listen 127.0.0.1:{port} backlog=1024; root {folder}; location = /hello {{ return 200 "Hello, world!"; }} location = /json {{ try_files /list.json =404; }} }}
}}
"""


def build():
    scratch = os.path.join(HERE, "..", "..", ".build-peers")
    scratch = os.environ.get("FIDELIO_PEERS_BUILD", scratch)
    command = [os.environ.get("SWIFT", "swift"), "build", "-c", "release", "--package-path", os.path.join(HERE, "peers"), "--scratch-path", scratch]
    print("building the servers", file=sys.stderr)
    subprocess.run(command, check=True, stdout=sys.stderr)
    return os.path.join(scratch, "release")


def commands(programs, folder, others):
    """The servers by name, as (command, port); `others` are further builds of Fidelio, as NAME=PROGRAM."""
    servers = {}
    for number, name in enumerate(["Fidelio", "Hummingbird", "FlyingFox"]):
        port = FIRST_PORT + number
        servers[name] = ([os.path.join(programs, name + "Peer"), str(port), folder], port)
    if shutil.which("nginx") or os.path.exists("/usr/sbin/nginx"):
        port = FIRST_PORT + 3
        path = os.path.join(folder, "nginx.conf")
        with open(path, "w") as file:
            file.write(NGINX.format(folder=folder, port=port))
        servers["nginx"] = ([shutil.which("nginx") or "/usr/sbin/nginx", "-c", path, "-p", folder, "-e", os.path.join(folder, "nginx.log")], port)
    for number, other in enumerate(others):
        name, program = other.split("=", 1)
        port = FIRST_PORT + 4 + number
        servers[name] = ([program, str(port), folder], port)
    return servers


def prepare(folder):
    os.chmod(folder, 0o755)
    for name, size in [("image.png", 60_000), ("download.bin", 50_000_000)]:
        with open(os.path.join(folder, name), "wb") as file:
            file.write(os.urandom(size))
    with open(os.path.join(folder, "list.json"), "w") as file:
        file.write("x" * 1000)


@contextlib.contextmanager
def serving(command, port):
    process = subprocess.Popen(["taskset", "-c", SERVER_CORE] + command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/hello", timeout=2).read()
                break
            time.sleep(0.05)
        else:
            raise SystemExit(f"{command[0]} does not answer")
        yield process
    finally:
        process.kill()
        process.wait()


def wrk(port, path, connections, seconds, script=None):
    """Requests per second and in total, 99th percentile of latency in milliseconds, megabytes per second, errors."""
    command = ["taskset", "-c", LOAD_CORE, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", f"http://127.0.0.1:{port}/{path}"]
    if script:
        command[4:4] = ["-s", script]
    text = subprocess.run(command, capture_output=True, text=True, timeout=60 + seconds).stdout
    units = {"us": 1e-3, "ms": 1, "s": 1e3, "m": 6e4}
    late = re.search(r"99%\s+([\d.]+)(us|ms|s|m)\b", text)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", text)
    moved = re.search(r"Transfer/sec:\s+([\d.]+)([KMG]?)B", text)
    scale = {"": 1e-6, "K": 1.024e-3, "M": 1.048576, "G": 1073.741824}
    errors = re.search(r"Non-2xx.*: (\d+)", text)
    count = re.search(r"(\d+) requests in", text)
    return {
        "rate": float(rate[1]) if rate else 0.0, "p99": float(late[1]) * units[late[2]] if late else float("nan"),
        "requests": int(count[1]) if count else 0, "MB/s": float(moved[1]) * scale[moved[2]] if moved else 0.0, "errors": int(errors[1]) if errors else 0,
    }


def resident_kilobytes(process):
    with open(f"/proc/{process.pid}/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))


def processor_microseconds(process):
    """CPU time of all threads of a server, including system time. Less sensitive to noise on the machine than a rate."""
    folder = f"/proc/{process.pid}/task"
    total = 0
    for thread in os.listdir(folder):
        with contextlib.suppress(OSError), open(f"{folder}/{thread}/schedstat") as file:
            total += int(file.read().split()[0])
    return total / 1000


def idle_memory(port, process, count=500):
    """Kilobytes of resident memory per idle connection after a response."""
    request = b"GET /hello HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    # The first connections grow buffers that are kept.
    for _ in range(50):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/hello").read()
    time.sleep(0.3)
    before = resident_kilobytes(process)
    connections = []
    for _ in range(count):
        connection = socket.create_connection(("127.0.0.1", port))
        connection.sendall(request)
        while b"world!" not in connection.recv(4096):
            pass
        connections.append(connection)
    time.sleep(0.5)
    used = (resident_kilobytes(process) - before) / count
    for connection in connections:
        connection.close()
    return used


@contextlib.contextmanager
def downloads(port, limit):
    """Twenty continuous downloads, each limited to `limit` (in curl's notation), or unlimited for None. Their clients run on
    the load generator's core with idle priority, so any delay that they cause is caused in the server."""
    url = f"http://127.0.0.1:{port}/download.bin"
    low = ["taskset", "-c", LOAD_CORE, "chrt", "-i", "0"]
    if limit:
        command = low + ["curl", "-s", "--limit-rate", limit, "-o", "/dev/null", url, "-o", "/dev/null", url]
        running = [subprocess.Popen(command) for _ in range(20)]
    else:
        running = [subprocess.Popen(low + ["wrk", "-t1", "-c20", "-d60s", url], stdout=subprocess.DEVNULL)]
    time.sleep(0.5)
    try:
        yield
    finally:
        for process in running:
            process.kill()
            process.wait()


def measure(server, options):
    """One round of one server: results by row."""
    command, port = server
    seconds = options.seconds
    found = {}
    with serving(command, port) as process:
        if "idle" in options.only:
            found["memory per idle connection (500), kB"] = (idle_memory(port, process), None)
        for path, words in [("hello", "13 bytes"), ("json", "1 kB JSON, encoded per request"), ("image.png", "60 kB image")]:
            for connections in (32, 256):
                if path.split(".")[0] not in options.only:
                    continue
                before = processor_microseconds(process)
                figures = wrk(port, path, connections, seconds)
                found[f"{words}, {connections} connections, req/s (p99 ms)"] = (figures["rate"], figures["p99"])
                if figures["requests"]:
                    cost = (processor_microseconds(process) - before) / figures["requests"]
                    found[f"{words}, {connections} connections, processor time a request, µs"] = (cost, None)
                if figures["errors"]:
                    print(f"{command[0]} {path}: {figures['errors']} error responses", file=sys.stderr)
        if "download" in options.only:
            found["50 MB download, MB/s"] = (wrk(port, "download.bin", 1, seconds)["MB/s"], None)
        if "fair" in options.only:
            # Eight clients that pause between requests: at full load a request would wait for the load generator, not for the server.
            with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
                script.write("function delay() return 5 end")
                script.flush()
                found["8 clients every 5 ms, no downloads, req/s (p99 ms)"] = pair(wrk(port, "hello", 8, 2 * seconds, script.name))
                for limit, words in [("10M", "20 downloads at 10 MB/s"), (None, "20 downloads at full speed")]:
                    with downloads(port, limit):
                        found[f"the same during {words}, req/s (p99 ms)"] = pair(wrk(port, "hello", 8, 2 * seconds, script.name))
        if process.poll() is not None:
            raise SystemExit(f"{command[0]} ended with {process.returncode} while it was measured")
    return found


def pair(figures):
    return (figures["rate"], figures["p99"])


def median(values):
    values = [value for value in values if value == value]
    return statistics.median(values) if values else float("nan")


def cell(rounds, row):
    values = [found[row] for found in rounds if row in found]
    if not values:
        return "–"
    first = median(value[0] for value in values)
    if values[0][1] is None:
        return f"{first:,.1f}" if first < 100 else f"{first:,.0f}"
    return f"{first:,.0f} ({median(value[1] for value in values):.2f})"


def main():
    parts = ["hello", "json", "image", "download", "idle", "fair"]
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="one round of a second each")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=2, help="measuring time per row")
    parser.add_argument("--only", nargs="+", choices=parts, default=parts)
    parser.add_argument("--servers", nargs="+", help="a selection of Fidelio, Hummingbird, FlyingFox, nginx, and the names given to --also")
    parser.add_argument("--also", nargs="+", default=[], metavar="NAME=PROGRAM", help="further builds of FidelioPeer")
    parser.add_argument("--no-build", action="store_true")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.seconds = 1, 1
    for tool in ["wrk", "taskset", "chrt", "curl"]:
        if not shutil.which(tool):
            raise SystemExit(f"{tool} is missing: apt-get install wrk util-linux curl nginx-light")
    scratch = os.environ.get("FIDELIO_PEERS_BUILD", os.path.join(HERE, "..", "..", ".build-peers"))
    programs = os.path.join(scratch, "release") if options.no_build else build()
    with tempfile.TemporaryDirectory(prefix="fidelio-http-") as folder:
        prepare(folder)
        servers = commands(programs, folder, options.also)
        names = [name for name in servers if not options.servers or name in options.servers]
        results = {name: [] for name in names}
        for number in range(options.rounds):
            for name in names:
                print(f"round {number + 1}: {name}", file=sys.stderr)
                results[name].append(measure(servers[name], options))
        rows = list(dict.fromkeys(row for rounds in results.values() for found in rounds for row in found))
        print("| | " + " | ".join(names) + " |\n| --- |" + " --- |" * len(names))
        for row in rows:
            print(f"| {row} | " + " | ".join(cell(results[name], row) for name in names) + " |")


if __name__ == "__main__":
    main()
