#!/usr/bin/env bash
# Do the kernels for 64-bit Arm (NEON) give the bits of those for this machine? Cross-compiles CKernels and Tests/Fixtures/neon/driver.c, runs
# them under qemu, and compares digest by digest. On an Arm machine, or beside x86-64 kernels, every set there is takes part.
#   exit status 0: equal, or a tool is missing (it says which); 1: different, or they do not compile
set -u
cd "$(dirname "$0")/../.." || exit 1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
say() { echo "neon: $*"; }

clang=${CLANG:-$(command -v clang || true)}
if [ -z "$clang" ]; then
    swift=$(command -v "${SWIFT:-swift}") && clang=$(dirname "$(readlink -f "$swift")")/clang
fi
missing=()
[ -x "${clang:-}" ] || missing+=("clang (comes with the Swift toolchain)")
command -v aarch64-linux-gnu-gcc >/dev/null || missing+=("aarch64-linux-gnu-gcc (Debian: gcc-aarch64-linux-gnu libc6-dev-arm64-cross)")
qemu=$(command -v qemu-aarch64 || command -v qemu-aarch64-static) || missing+=("qemu-aarch64 (Debian: qemu-user)")
if [ ${#missing[@]} != 0 ]; then
    say "SKIPPED, the NEON kernels were not checked; missing here:"
    printf 'neon:   %s\n' "${missing[@]}"
    exit 0
fi

flags=(-std=c17 -O3 -ffp-contract=off -fno-math-errno -Wall -Wextra -Werror -ISources/CKernels/include -ISources/CKernels)
sources=(Sources/CKernels/*.c Tests/Fixtures/neon/driver.c)

# compile NAME FLAGS...: object files under $folder/NAME, several at a time.
compile() {
    local name=$1
    shift
    mkdir "$folder/$name"
    printf '%s\n' "${sources[@]}" | xargs -P "$(nproc)" -I{} sh -c '"$@" -c "$0" -o "'"$folder/$name"'/$(basename "$0" .c).o"' {} "$clang" "${flags[@]}" "$@"
}

compile native || exit 1
"$clang" "$folder"/native/*.o -lm -o "$folder/driver" || exit 1
compile arm --target=aarch64-linux-gnu -isystem /usr/aarch64-linux-gnu/include || exit 1
aarch64-linux-gnu-gcc -static "$folder"/arm/*.o -lm -o "$folder/driver.arm" || exit 1

status=0
reference=$folder/scalar
"$folder/driver" scalar >"$reference" || exit 1
say "$(wc -l <"$reference") cases; sha256 of the list $(sha256sum <"$reference" | cut -c1-64)"

# check NAME COMMAND...
check() {
    local name=$1
    shift
    "$@" >"$folder/result"
    case $? in
        0) ;;
        3) say "$name: not on this processor"; return ;;
        *) say "$name: FAILED to run"; status=1; return ;;
    esac
    if cmp -s "$reference" "$folder/result"; then
        say "$name: equal to scalar, bit for bit"
    else
        say "$name: DIFFERENT from scalar:"
        diff "$reference" "$folder/result" | sed 's/^/neon:   /' | head -n 40
        status=1
    fi
}

check avx2 "$folder/driver" avx2
check avx512 "$folder/driver" avx512
check "scalar for Arm (qemu)" "$qemu" "$folder/driver.arm" scalar
check "neon (qemu)" "$qemu" "$folder/driver.arm" neon
exit $status
