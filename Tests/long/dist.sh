#!/usr/bin/env bash
# What `make dist` made, on a bare Debian 12 in a root of its own (debootstrap): the folder from any place, the package, and the steps of the Containerfile. A
# training there has the digest that this machine's program gives. Needs root and Debian's mirror; what is missing is said.
#   Tests/long/dist.sh [ROOT]      ROOT: a Debian that is there already
set -u
cd "$(dirname "$0")/../.." || exit 1
here=$(pwd)
fidelio=$(realpath "${FIDELIO:-.build/debug/fidelio}")
archive=$(ls dist/fidelio-*-linux-*.tar.gz 2>/dev/null | head -1)
deb=$(ls dist/fidelio_*.deb 2>/dev/null | head -1)
[ -n "$archive" ] && [ -n "$deb" ] || { echo "skip nothing in dist/: make dist"; exit 0; }
[ "$(id -u)" = 0 ] || { echo "skip a root folder of Debian needs root"; exit 0; }
failures=0
check() { if [ "$2" = "$3" ]; then echo "ok   $1"; else echo "FAIL $1: '$2' is not '$3'"; failures=$((failures + 1)); fi; }
work=$(mktemp -d)
trap 'umount "$work/root/proc" 2>/dev/null; rm -rf "$work"' EXIT
if [ $# -gt 0 ]; then
    cp -a "$1" "$work/root"
else
    command -v debootstrap >/dev/null || { echo "skip debootstrap is not installed"; exit 0; }
    debootstrap --variant=minbase bookworm "$work/root" http://deb.debian.org/debian >"$work/log" 2>&1 || { echo "skip Debian's mirror: $(tail -1 "$work/log")"; exit 0; }
fi
root=$work/root
mkdir -p "$root/proc" && mount -t proc proc "$root/proc" || { echo "skip proc cannot be mounted here"; exit 0; }
inside() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root "$@"; }
check "no toolchain is there" "$(inside sh -c 'command -v swift clang cc || echo none')" none
plan='{"model":"wgan","dataset":"ring","steps":4,"architecture":{"name":"mlp","width":0.0625},"batch_size":16,"evaluation":{"samples":256}}'
digest() { python3 -c 'import json, sys; print(json.load(sys.stdin)["final_digest"])'; }
wanted=$(echo "$plan" | "$fidelio" run - --json --storage "$work/own" | digest)

# The folder, from a place that nobody foresaw.
mkdir -p "$root/srv/some place" && tar -xzf "$archive" -C "$root/srv/some place"
place="/srv/some place/$(basename "$archive" .tar.gz)"
check "the folder tells its version" "$(inside "$place/bin/fidelio" --version | cut -d' ' -f1)" fidelio
check "the folder trains to the same bits" "$(echo "$plan" | inside "$place/bin/fidelio" run - --json --storage /srv/storage | digest)" "$wanted"
check "no library is missing" "$(inside sh -c "ldd '$place/bin/fidelio' | grep -c 'not found'")" 0
# The package.
cp "$deb" "$root/tmp/fidelio.deb"
check "the package is installed" "$(inside dpkg -i /tmp/fidelio.deb >"$work/dpkg" 2>&1; echo $?)" 0
check "the command is there" "$(inside fidelio --version | cut -d' ' -f1)" fidelio
check "the user is there" "$(inside id -un fidelio)" fidelio
check "the unit starts the command" "$(inside grep -c '^ExecStart=/usr/bin/fidelio serve --storage /var/lib/fidelio' /lib/systemd/system/fidelio.service)" 1
# The server, with its page.
inside fidelio serve --storage /srv/served --port 0 --no-browser --json >"$work/serve" 2>"$work/complaints" &
pid=$!
for _ in $(seq 300); do [ -s "$work/serve" ] && break; sleep 0.1; done
url=$(python3 -c 'import json, sys; print(json.loads(open(sys.argv[1]).readline())["url"])' "$work/serve" 2>/dev/null)
check "the server answers" "$(curl -s "$url/healthz")" '{"status":"ok"}'
check "the page is there" "$(curl -s -o /dev/null -w '%{http_code}' "$url/icon.svg")" 200
kill "$pid" 2>/dev/null
wait "$pid" 2>/dev/null
check "the package is removed" "$(inside dpkg -r fidelio >/dev/null 2>&1; inside sh -c 'command -v fidelio || echo gone')" gone
# The steps of the Containerfile, in its order.
rm -rf "$root/usr/lib/fidelio" "$root/usr/bin/fidelio" "$root/var/lib/fidelio"
inside userdel fidelio 2>/dev/null
cp "$archive" "$root/tmp/"
sed -n 's/^RUN //p' Containerfile | grep -v '^apt-get' | while read -r step; do inside sh -ec "$step" || echo "$step" >>"$work/failed"; done
check "the steps of the Containerfile run" "$(cat "$work/failed" 2>/dev/null)" ""
check "its command is there" "$(inside fidelio --version | cut -d' ' -f1)" fidelio
exit $failures
