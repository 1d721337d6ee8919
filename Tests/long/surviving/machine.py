"""One storage folder with its server and its workers, which can be asked, stopped, and killed."""
import http.client
import json
import os
import signal
import struct
import subprocess
import time
import urllib.parse


class Unanswered(Exception):
    """A request has got no answer: whether it was carried out is not known."""


class Refused(Exception):
    """The server has ended instead of starting."""

    def __init__(self, code, words):
        super().__init__(f"exit {code}: {words}")
        self.code, self.words = code, words


class Clock:
    """The wall clock of the programs that `environment` is given to."""

    def __init__(self, folder):
        self.path, self.shim, self.problem = os.path.join(folder, "clock"), os.path.join(folder, "clock.so"), ""
        source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "clock.c")
        self.set(0)
        try:
            done = subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", self.shim, source], capture_output=True, text=True)
            self.problem = done.stderr.strip()[:200] if done.returncode else ""
        except OSError as error:
            self.problem = f"cc: {error.strerror}"

    @property
    def environment(self):
        return {} if self.problem else {"LD_PRELOAD": self.shim, "FIDELIO_SURVIVAL_CLOCK": self.path}

    def set(self, seconds):
        with open(self.path, "r+b" if os.path.exists(self.path) else "wb") as file:
            file.write(struct.pack("=q", seconds))


class Process:
    """A process of another server's making, by its id: gone as soon as its command line is another one."""

    def __init__(self, pid, words):
        self.pid, self.words = pid, words

    @property
    def is_alive(self):
        return command_line(self.pid) == self.words

    def signal(self, number):
        """Returns whether it was still there."""
        if not self.is_alive:
            return False
        try:
            os.kill(self.pid, number)
        except ProcessLookupError:
            return False
        return True

    @property
    def folder(self):
        return self.words[self.words.index("worker") + 1]


def command_line(pid):
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return [word.decode(errors="replace") for word in file.read().split(b"\0")[:-1]]
    except OSError:
        return []


class Machine:
    def __init__(self, fidelio, storage, logs, environment):
        self.fidelio, self.storage, self.logs = fidelio, storage, logs
        self.environment = {**os.environ, **environment}
        self.process, self.address, self.starts = None, None, 0

    # The server

    def launch(self):
        """Starts a server without waiting for it."""
        self.starts += 1
        self.said = os.path.join(self.logs, f"server-{self.starts}")
        words = [self.fidelio, "serve", "--json", "--no-browser", "--port", "0", "--workers", "2", "--storage", self.storage]
        with open(self.said, "wb") as output, open(self.said + ".log", "wb") as errors:
            self.process = subprocess.Popen(words, stdout=output, stderr=errors, stdin=subprocess.DEVNULL, env=self.environment, start_new_session=True)

    def start(self, within=60):
        """Starts a server and waits until it answers. Raises `Refused`."""
        self.launch()
        self.await_start(within)

    def await_start(self, within=60):
        end = time.monotonic() + within
        while True:
            code = self.process.poll()
            with open(self.said, "rb") as file:
                said = file.read()
            if said.endswith(b"\n"):
                break
            if code is not None:
                raise Refused(code, self.complaint.strip()[-300:])
            if time.monotonic() > end:
                raise Refused(None, f"no word within {within} s")
            time.sleep(0.01)
        with open(os.path.join(self.storage, "server.json"), encoding="utf-8") as file:
            token = json.load(file)["token"]
        self.address = (urllib.parse.urlsplit(json.loads(said)["url"]).netloc, token)

    @property
    def complaint(self):
        """What the server of the last start has written in its log."""
        with open(self.said + ".log", encoding="utf-8", errors="replace") as file:
            return file.read()

    @property
    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def signal(self, number):
        if self.is_running:
            os.kill(self.process.pid, number)

    def kill(self):
        self.address = None
        self.signal(signal.SIGKILL)
        if self.process:
            self.process.wait()

    def kill_everything(self):
        """The server and every process of the storage, until none is left."""
        self.kill()
        while processes := self.processes():
            for process in processes:
                process.signal(signal.SIGKILL)
            time.sleep(0.01)

    def ask(self, method, path, body=None, key=None, within=15):
        """The status and the JSON of an answer."""
        address = self.address
        if not address:
            raise Unanswered("there is no server")
        fields = {"Authorization": "Bearer " + address[1], "Content-Type": "application/json"}
        if key:
            fields["Idempotency-Key"] = key
        connection = http.client.HTTPConnection(address[0], timeout=within)
        try:
            connection.request(method, "/api/v1" + path, None if body is None else json.dumps(body), fields)
            answer = connection.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if text else None
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Unanswered(f"{method} {path}: {error}") from error
        finally:
            connection.close()

    # Its processes

    def processes(self):
        """All processes of the storage but the server."""
        found = []
        for name in os.listdir("/proc"):
            if name.isdigit() and (self.process is None or int(name) != self.process.pid):
                words = command_line(int(name))
                if any(word == self.storage or word.startswith(self.storage + "/") for word in words):
                    found.append(Process(int(name), words))
        return found

    def workers(self):
        return [process for process in self.processes() if "worker" in process.words[:2]]

    def run(self, *words):
        """Another command on the storage: its exit code, and what it said."""
        done = subprocess.run([self.fidelio, *words, "--storage", self.storage], capture_output=True, text=True, env=self.environment, timeout=600)
        return done.returncode, done.stdout, done.stderr
