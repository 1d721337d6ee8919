#!/usr/bin/env bash
# The examples of docs/operations.md, tried: systemd checks the unit, its command line starts a server on loopback, and nginx and then Caddy
# stand before it with TLS. Through each: signing in by a link, the cookie and the address that come of it, changes from this page and from
# another, JSON, a download in parts, and a stream of events that arrives while it is open. What is not installed is skipped, and told.
set -u
cd "$(dirname "$0")/../.." || exit 1
fidelio=$(realpath "${FIDELIO:-.build/debug/fidelio}")
[ -x "$fidelio" ] || { echo "there is no $fidelio: build first"; exit 1; }
folder=$(mktemp -d)
chmod 755 "$folder"
pids=()
trap 'for pid in "${pids[@]}"; do kill $pid 2>/dev/null; done; wait 2>/dev/null; rm -rf "$folder"' EXIT
failures=0
check() { if [ "$2" = "$3" ]; then echo "ok   $1"; else echo "FAIL $1: $2 is not $3"; failures=$((failures + 1)); fi; }
has() { command -v "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ] || { echo "skip $1 is not installed"; return 1; }; }
# example NAME: the block of docs/operations.md behind the line <!-- example: NAME -->
example() { awk -v name="<!-- example: $1 -->" '$0 == name { found = 1; next } found && /^```/ { if (inside) exit; inside = 1; next } inside' docs/operations.md; }
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
name=fidelio.example.org

# The unit: the program's place, the user and the folder are those of the example, not of this machine.
example systemd | sed "s|/opt/fidelio/fidelio|$fidelio|; s|^User=.*|User=$(id -un)|; s|/var/lib/fidelio|$folder/storage|g" >"$folder/fidelio.service"
if has systemd-analyze; then
    systemd-analyze verify "$folder/fidelio.service" 2>"$folder/verify"
    check "systemd-analyze verify" "$(grep -c "fidelio.service" "$folder/verify")" 0
fi
mkdir -m 700 "$folder/storage"
command=$(sed -n 's/^ExecStart=//p' "$folder/fidelio.service")
read -r -a words <<<"$command"
PATH=$PATH:/usr/sbin "${words[@]}" --port 0 --json >"$folder/start.json" 2>"$folder/server.log" &
pids+=($!)
for _ in $(seq 300); do [ -s "$folder/start.json" ] && break; sleep 0.1; done
read -r url token < <(python3 -c '
import json, sys
server = json.load(open(sys.argv[1]))
print(server["url"], server["token"])' "$folder/storage/server.json") || { cat "$folder/server.log"; exit 1; }
upstream=${url#http://}
check "the unit's command line starts the server" "$(curl -s "$url/healthz")" '{"status":"ok"}'

openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$name" -addext "subjectAltName=DNS:$name" \
    -keyout "$folder/key.pem" -out "$folder/cert.pem" 2>/dev/null || { echo "skip openssl: the proxies need a certificate"; exit $failures; }
chmod 644 "$folder/key.pem"

# through PROXY PORT: everything that a member does through a proxy on that port.
through() {
    local proxy=$1 port=$2 home=https://$name:$2
    # From 127.0.0.2, so that the client's address is not the proxy's.
    outside() { curl -sS -m 60 --interface 127.0.0.2 --resolve "$name:$port:127.0.0.1" --cacert "$folder/cert.pem" "$@"; }
    ask() { outside -H "Authorization: Bearer $token" "$@"; }
    for _ in $(seq 100); do outside -o /dev/null "$home/healthz" 2>/dev/null && break; sleep 0.1; done
    check "$proxy: liveness" "$(outside "$home/healthz")" '{"status":"ok"}'
    check "$proxy: without a token" "$(outside -o /dev/null -w '%{http_code}' "$home/api/v1/runs")" 401
    check "$proxy: its own name gets the page of who is not in" "$(outside -H 'Accept: text/html' "$home/" | grep -c '<h1>Not signed in</h1>')" 1
    check "$proxy: another name does not" "$(outside -H 'Accept: text/html' -H 'Host: rebound.example.net' "$home/" | grep -c '<h1>Not signed in</h1>')" 0
    check "$proxy: TLS is said to stay" "$(outside -o /dev/null -D - "$home/healthz" | grep -ci '^strict-transport-security: max-age=31536000')" 1

    local link
    link=$("$fidelio" link --storage "$folder/storage" --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["url"])')
    outside -o /dev/null -D "$folder/head" "$home/?${link#*\?}"
    check "$proxy: the link is answered by a redirection" "$(grep -cE '^HTTP/[0-9.]+ 303' "$folder/head")" 1
    check "$proxy: the cookie is a secure one" "$(grep -ciE '^set-cookie: __Host-fidelio-[0-9]+=[^;]+; Path=/; Max-Age=[0-9]+; HttpOnly; SameSite=Strict; Secure.?$' "$folder/head")" 1
    check "$proxy: the secret has left the address" "$(grep -i '^location:' "$folder/head" | tr -d '\r')" "$(grep -io '^location:' "$folder/head") /"
    local cookie
    cookie=$(grep -i '^set-cookie:' "$folder/head" | sed 's/^[^:]*: //; s/;.*//' | tr -d '\r')
    local me='import json, sys; print([s["address"] for s in json.load(sys.stdin)["sessions"] if s["current"]][0])'
    check "$proxy: the session's address is the client's" "$(outside -b "$cookie" "$home/api/v1/account" | python3 -c "$me")" 127.0.0.2
    change() { outside -o /dev/null -w '%{http_code}' -b "$cookie" -H 'Content-Type: application/json' -d '{"name":"'"$proxy"'"}' "$@" "$home/api/v1/account/tokens"; }
    check "$proxy: a change from this page" "$(change -H "Origin: $home")" 201
    check "$proxy: a change from another page" "$(change -H 'Origin: https://evil.example.net')" 403
    check "$proxy: a change from this name without TLS" "$(change -H "Origin: http://$name:$port")" 403
    check "$proxy: a change that says nothing of its origin" "$(change)" 403
    # What the client itself writes into the fields is not believed.
    link=$("$fidelio" link --storage "$folder/storage" --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["url"])')
    outside -o /dev/null -D "$folder/head" -H 'X-Forwarded-For: 203.0.113.7' -H 'X-Forwarded-Proto: http' "$home/?${link#*\?}"
    cookie=$(grep -i '^set-cookie:' "$folder/head" | sed 's/^[^:]*: //; s/;.*//' | tr -d '\r')
    check "$proxy: an invented address is not believed" "$(outside -b "$cookie" "$home/api/v1/account" | python3 -c "$me")" 127.0.0.2
    check "$proxy: no invented address in the access log" "$(grep -c 203.0.113.7 "$folder/storage/access.log")" 0

    # A stream opened first, then a run: its events must come through while the stream is open.
    ask -N -m 120 "$home/api/v1/events" >"$folder/events-$proxy" 2>/dev/null &
    pids+=($!)
    for _ in $(seq 100); do grep -q hello "$folder/events-$proxy" && break; sleep 0.1; done
    check "$proxy: a stream begins at once" "$(grep -c '^event: hello' "$folder/events-$proxy")" 1
    local run path
    run=$(ask -H 'Content-Type: application/json' -d '{"model":"ns-gan","dataset":"polygons","steps":2,"architecture":{"width":0.0625},"evaluation":{"samples":256},"seed":'"$port"'}' \
        "$home/api/v1/runs" | python3 -c 'import json, sys; print(json.load(sys.stdin)["id"])')
    for _ in $(seq 100); do grep -q '^event: run' "$folder/events-$proxy" && break; sleep 0.1; done
    check "$proxy: events come while it is open" "$(grep -q "^event: run" "$folder/events-$proxy" && echo yes)" yes
    checkpoints() { ask "$home/api/v1/runs/$run/checkpoints"; }
    for _ in $(seq 300); do [ "$(checkpoints)" != "[]" ] && break; sleep 1; done
    path=$(checkpoints | python3 -c 'import json, sys; print(json.load(sys.stdin)[0]["url"])')
    ask -o "$folder/whole" "$home$path"
    curl -sS -m 60 -H "Authorization: Bearer $token" -o "$folder/direct" "$url$path"
    check "$proxy: a download is what the server has" "$(sha256sum <"$folder/whole")" "$(sha256sum <"$folder/direct")"
    ask -o "$folder/rest" -r 1000- "$home$path"
    check "$proxy: a download goes on" "$(sha256sum <"$folder/rest")" "$(tail -c +1001 "$folder/direct" | sha256sum)"
}

if has nginx; then
    port=$(free_port)
    # The example as it is, but for the port, the certificate's place and the server's port.
    example nginx | sed -e "s|listen 443 ssl;|listen 127.0.0.1:$port ssl;|" -e "s|/etc/ssl/fidelio.pem|$folder/cert.pem|; s|/etc/ssl/fidelio.key|$folder/key.pem|" \
        -e "s|127.0.0.1:8642|$upstream|" >"$folder/server.conf"
    cat >"$folder/nginx.conf" <<CONF
daemon off; pid $folder/nginx.pid; error_log $folder/error.log;
events {}
http { access_log off; client_body_temp_path $folder/body; proxy_temp_path $folder/proxy; fastcgi_temp_path $folder/f; uwsgi_temp_path $folder/u; scgi_temp_path $folder/s;
include $folder/server.conf; }
CONF
    PATH=$PATH:/usr/sbin nginx -c "$folder/nginx.conf" -e "$folder/error.log" &
    pids+=($!)
    through nginx "$port"
fi

if has caddy; then
    port=$(free_port)
    # The example as it is, with a certificate at hand in place of one from an authority.
    { printf '{\n    admin off\n    http_port %s\n    https_port %s\n    default_bind 127.0.0.1\n}\n' "$(free_port)" "$port"
        example caddy | sed -e "s|127.0.0.1:8642|$upstream|" -e "s|^$name {|&\n    tls $folder/cert.pem $folder/key.pem|"; } >"$folder/Caddyfile"
    HOME=$folder XDG_DATA_HOME=$folder XDG_CONFIG_HOME=$folder caddy run --config "$folder/Caddyfile" --adapter caddyfile >"$folder/caddy.log" 2>&1 &
    pids+=($!)
    through caddy "$port"
fi
exit $failures
