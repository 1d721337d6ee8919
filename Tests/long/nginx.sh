#!/usr/bin/env bash
# nginx, with the configuration of docs/operations.md, in front of a live server on loopback: JSON, a download with Range, and a stream of
# events that arrives while it is open. Also has systemd and Caddy check the other examples, where they are installed.
set -u
cd "$(dirname "$0")/../.." || exit 1
fidelio=${FIDELIO:-.build/debug/fidelio}
[ -x "$fidelio" ] || { echo "there is no $fidelio: build first"; exit 1; }
folder=$(mktemp -d)
pids=()
trap 'for pid in "${pids[@]}"; do kill $pid 2>/dev/null; done; wait 2>/dev/null; rm -rf "$folder"' EXIT
failures=0
check() { if [ "$2" = "$3" ]; then echo "ok   $1"; else echo "FAIL $1: $2 is not $3"; failures=$((failures + 1)); fi; }
# example NAME: the block of docs/operations.md behind the line <!-- example: NAME -->
example() { awk -v name="<!-- example: $1 -->" '$0 == name { found = 1; next } found && /^```/ { if (inside) exit; inside = 1; next } inside' docs/operations.md; }

example systemd >"$folder/fidelio.service"
if command -v systemd-analyze >/dev/null 2>&1; then
    # The program's place and the user are those of the example, not of this machine.
    sed -i "s|/opt/fidelio/fidelio|$(realpath "$fidelio")|; s|^User=.*|User=$(id -un)|" "$folder/fidelio.service"
    systemd-analyze verify "$folder/fidelio.service" 2>"$folder/verify"
    check "systemd-analyze verify" "$(grep -c "fidelio.service" "$folder/verify")" 0
fi
if command -v caddy >/dev/null 2>&1; then
    example caddy >"$folder/Caddyfile"
    caddy adapt --config "$folder/Caddyfile" --adapter caddyfile >/dev/null 2>"$folder/caddy"
    check "caddy adapt" $? 0
fi
if ! command -v nginx >/dev/null 2>&1; then
    echo "nginx is not installed: the rest is skipped"
    exit $failures
fi

front=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$fidelio" serve --storage "$folder/storage" --port 0 --no-browser --json >"$folder/start.json" 2>"$folder/server.log" &
pids+=($!)
for _ in $(seq 300); do [ -s "$folder/start.json" ] && break; sleep 0.1; done
read -r url token < <(python3 -c '
import json, sys
server = json.load(open(sys.argv[1]))
print(server["url"], server["token"])' "$folder/storage/server.json") || exit 1

# The example as it is, but for the names, the ports and TLS, for which loopback has no certificate.
example nginx | sed -e "s|listen 443 ssl.*|listen 127.0.0.1:$front;|" -e '/ssl_certificate/d' -e "s|127.0.0.1:8642|${url#http://}|" \
    -e "s|proxy_set_header Host .*|proxy_set_header Host ${url#http://};|" >"$folder/server.conf"
cat >"$folder/nginx.conf" <<CONF
daemon off; pid $folder/nginx.pid; error_log $folder/error.log;
events {}
http { access_log off; client_body_temp_path $folder/body; proxy_temp_path $folder/proxy; fastcgi_temp_path $folder/f; uwsgi_temp_path $folder/u; scgi_temp_path $folder/s;
include $folder/server.conf; }
CONF
nginx -c "$folder/nginx.conf" -e "$folder/error.log" &
pids+=($!)
for _ in $(seq 100); do curl -s -o /dev/null "http://127.0.0.1:$front/healthz" && break; sleep 0.1; done

ask() { curl -sS -m 30 -H "Authorization: Bearer $token" "$@"; }
check "liveness" "$(curl -s "http://127.0.0.1:$front/healthz")" '{"status":"ok"}'
check "readiness" "$(curl -s "http://127.0.0.1:$front/healthz/ready")" '{"status":"ready"}'
check "without a token" "$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$front/api/v1/runs")" 401
check "JSON" "$(ask "http://127.0.0.1:$front/api/v1/runs" | python3 -c 'import json, sys; print(json.load(sys.stdin)["total"])')" 0

# A stream opened first, then a run: its events must come through while the stream is open.
ask -N -m 120 "http://127.0.0.1:$front/api/v1/events" >"$folder/events" 2>/dev/null &
pids+=($!)
for _ in $(seq 100); do grep -q hello "$folder/events" && break; sleep 0.1; done
check "a stream begins at once" "$(grep -c '^event: hello' "$folder/events")" 1
run=$(ask -H 'Content-Type: application/json' -d '{"model":"ns-gan","dataset":"polygons","steps":2,"architecture":{"width":0.0625},"evaluation":{"samples":256}}' \
    "http://127.0.0.1:$front/api/v1/runs" | python3 -c 'import json, sys; print(json.load(sys.stdin)["id"])')
for _ in $(seq 100); do grep -q '^event: run' "$folder/events" && break; sleep 0.1; done
check "events come while it is open" "$(grep -q "^event: run" "$folder/events" && echo yes)" yes
checkpoints() { ask "http://127.0.0.1:$front/api/v1/runs/$run/checkpoints"; }
for _ in $(seq 300); do [ "$(checkpoints)" != "[]" ] && break; sleep 1; done
path=$(checkpoints | python3 -c 'import json, sys; print(json.load(sys.stdin)[0]["url"])')
ask -o "$folder/whole" "http://127.0.0.1:$front$path"
ask -o "$folder/direct" "$url$path"
check "a download is what the server has" "$(sha256sum <"$folder/whole")" "$(sha256sum <"$folder/direct")"
ask -o "$folder/rest" -r 1000- "http://127.0.0.1:$front$path"
check "a download goes on" "$(sha256sum <"$folder/rest")" "$(tail -c +1001 "$folder/direct" | sha256sum)"
exit $failures
