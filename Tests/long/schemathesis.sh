#!/usr/bin/env bash
# schemathesis (PyPI) against a live server: every operation of the server's own description, with requests that keep to it and requests
# that do not. Every check runs on every operation; schemathesis.toml says which refusals are right where a schema cannot say it.
# Fails for an answer of 500 or above and for one that is not as described.
#   SCHEMATHESIS  the program (default: schemathesis)      FIDELIO  the server's program      EXAMPLES  requests for each operation (100)
set -u
cd "$(dirname "$0")/../.." || exit 1
schemathesis=${SCHEMATHESIS:-schemathesis}
fidelio=${FIDELIO:-.build/debug/fidelio}
command -v "$schemathesis" >/dev/null 2>&1 || { echo "schemathesis is not installed (pip install schemathesis): skipped"; exit 0; }
[ -x "$fidelio" ] || { echo "there is no $fidelio: build first"; exit 1; }
schemathesis=$(realpath -s "$(command -v "$schemathesis")")

folder=$(mktemp -d)
# The time limit: a run that a made-up request queued must not hold a core for hours.
"$fidelio" serve --storage "$folder/storage" --port 0 --workers 1 --time-limit 30 --no-browser --json >"$folder/start.json" 2>"$folder/server.log" &
server=$!
trap 'kill $server 2>/dev/null; wait $server 2>/dev/null; rm -rf "$folder"' EXIT
for _ in $(seq 300); do [ -s "$folder/start.json" ] && break; sleep 0.1; done

# Things that are there: a study that has ended, its runs with samples and a checkpoint, a member in a browser, a share link that is open, a
# folder of pictures. The server's document has examples of what holds for every server; those that name these things are added to it here.
# What schemathesis keeps between runs stays out of the checkout.
cp Tests/long/schemathesis.toml "$folder" || exit 1
python3 - "$folder" <<'SEED' >"$folder/environment" || exit 1
import http.cookiejar, json, os, struct, sys, time, urllib.request, zlib
folder = sys.argv[1]
server = json.load(open(folder + "/storage/server.json"))
base, token = server["url"], server["token"]

def ask(method, path, body=None):
    request = urllib.request.Request(base + path, method=method, data=None if body is None else json.dumps(body).encode())
    request.add_header("Authorization", "Bearer " + token)
    request.add_header("Content-Type", "application/json")
    return json.load(urllib.request.urlopen(request, timeout=60))

def cookie(url):
    jar = http.cookiejar.CookieJar()
    urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar)).open(url, timeout=60)
    return next(found.value for found in jar)

plan = {"name": "seeded", "dataset": "polygons", "models": ["ns-gan"], "protocol": {"kind": "single"}, "seeds": 2, "steps": 20,
        "width": 0.0625, "evaluation": {"samples": 256}}
study = ask("POST", "/api/v1/studies", plan)["id"]
for _ in range(1200):
    if ask("GET", f"/api/v1/studies/{study}")["state"] == "done":
        break
    time.sleep(0.5)
else:
    raise SystemExit("the seeded study does not end")
runs = [run["id"] for run in ask("GET", "/api/v1/runs")["runs"]]
digests = [checkpoint["digest"] for checkpoint in ask("GET", "/api/v1/checkpoints")["checkpoints"]]
share = ask("POST", "/api/v1/shares", {"kind": "study", "id": study})["url"]
owner = ask("POST", "/api/v1/members", {"name": "seeded", "role": "owner"})["member"]["id"]
for name, values in [("runs", runs), ("studies", [study]), ("digests", digests), ("members", [owner])]:
    with open(f"{folder}/{name}.txt", "w") as file:
        file.write("".join(json.dumps(value) + "\n" for value in values))

def picture(shade):
    rows = b"".join(b"\0" + bytes((shade + 9 * x + 5 * y) % 256 for x in range(16)) for y in range(16))
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 16, 16, 8, 0, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")

for split, count in [("train", 24), ("test", 8)]:
    os.makedirs(f"{folder}/pictures/{split}/one", exist_ok=True)
    for number in range(count):
        open(f"{folder}/pictures/{split}/one/{number}.png", "wb").write(picture(number))

# The description as the owner reads it, with the things that are here.
document = ask("GET", "/api/v1/openapi.json")
paths = document["paths"]
def body(path, example):
    paths[path]["post"]["requestBody"]["content"]["application/json"]["example"] = example
body("/api/v1/datasets", {"name": "seeded", "from": folder + "/pictures"})
body("/api/v1/shares", {"kind": "run", "id": runs[0], "note": "seeded", "days": 7})
examples = {"studies": [study], "digest": digests[0], "step": 20, "metric": "fid", "member": owner}
for path, item in paths.items():
    for operation in item.values():
        for parameter in operation.get("parameters", []):
            name, place = parameter["name"], parameter["in"]
            if name == "id" and place == "path":
                example = runs[0] if "/runs/" in path else study if "/studies/" in path else None
            elif place == "path" or (name == "studies" and parameter["required"]):
                example = examples.get(name)
            else:
                example = None
            if example is not None:
                parameter["example"] = example
with open(folder + "/openapi.json", "w") as file:
    json.dump(document, file)
session = cookie(ask("POST", "/api/v1/links", {"member": owner})["url"])
print(f"export url={base} TOKEN={token} SESSION={session} SHARE={cookie(share)}")
SEED
# shellcheck disable=SC1091
. "$folder/environment"
cd "$folder" || exit 1

# Each operation with the secret that it asks for (schemathesis.toml). Left out: the stream of events, which has no end (ServerTests and
# LiveHubTests read it), and signing out, which would end what follows (MemberTests does).
"$schemathesis" run openapi.json --url "$url" --header "Sec-Fetch-Site: same-origin" \
    --exclude-path /api/v1/events --exclude-path /api/v1/sign-out --max-examples "${EXAMPLES:-100}" --seed "${SEED:-1}"
status=$?
kill -0 $server 2>/dev/null || { echo "the server died"; cat "$folder/server.log"; exit 1; }
exit $status
