#!/bin/sh
# SPDX-License-Identifier: MIT
# nodes.sh litecoind|litecoin-cli|bitcoind|bitcoin-cli|anvil: prints the path of a real node's program for tests,
# fetching it first if need be. Exit 3, with the reason on standard error, when there is none: the test is then skipped.
#
# LITECOIND, LITECOIN_CLI, BITCOIND, BITCOIN_CLI and ANVIL name programs to be used instead. Without them Litecoin comes
# from Debian 12. No Debian release has a bitcoind; Debian 13's backports have Bitcoin Knots, which needs that release's
# C library, so it is unpacked with its libraries into build/nodes/knots and run by their own loader. Nothing is installed
# and no root is needed. Knots is good for regtest only: its main chain need not be Bitcoin's. anvil is in an npm package.
set -eu
cd "$(dirname "$0")/.."
knots=$PWD/build/nodes/knots
release=trixie

skip() {
    echo "nodes.sh: no $wanted: $*" >&2
    exit 3
}

# "$1" is a program that the environment names.
given() {
    [ -x "$1" ] || skip "\"$1\" is not a program"
    echo "$1"
    exit 0
}

# apt-get on a private state: its own lists, cache and status, so the machine's packages do not count.
private_apt() {
    apt-get -q -o Dir::Etc::sourcelist="$work/sources" -o Dir::Etc::sourceparts=/dev/null \
        -o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null \
        -o Dir::State="$work/state" -o Dir::State::status="$work/status" -o Dir::Cache="$work/cache" \
        -o Debug::NoLocking=1 -o APT::Sandbox::User= -o APT::Get::List-Cleanup=0 -o DPkg::Post-Invoke::= "$@" \
        </dev/null >>"$work/log" 2>&1
}

# The machine's own Debian mirror, whatever it is; prints its URI, and fails if there is none.
mirror() {
    sed -n -e 's/^URIs: *\([^ ]*\).*/\1/p' /etc/apt/sources.list.d/*.sources 2>/dev/null |
        grep -v security | grep -m 1 debian && return
    cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
        sed -n 's/^deb  *\(\[[^]]*\] *\)\{0,1\}\([^ ]*\) .*/\2/p' | grep -v security | grep -m 1 debian
}

write_wrapper() {
    loader=$(find "$root" -name 'ld-linux*.so.*' | head -n 1)
    [ -n "$loader" ] || skip "the unpacked C library has no loader"
    library_path=$(find "$root" -name '*.so.*' -exec dirname {} + | sort -u | tr '\n' ':')
    for program in bitcoind bitcoin-cli; do
        printf '#!/bin/sh\nexec "%s" --library-path "%s" "%s" "$@"\n' \
            "$loader" "${library_path%:}" "$root/usr/bin/$program" >"$work/$program"
        chmod +x "$work/$program"
    done
}

fetch_knots() {
    for tool in apt-get dpkg-deb; do
        command -v $tool >/dev/null 2>&1 || skip "this machine has no $tool; set BITCOIND and BITCOIN_CLI"
    done
    work=$knots
    root=$work/root
    rm -rf "$work"
    mkdir -p "$work/state/lists/partial" "$work/cache/archives/partial" "$root"
    : >"$work/status"
    uri=$(mirror) || skip "the machine's own package source could not be told; set BITCOIND and BITCOIN_CLI"
    keys=/usr/share/keyrings/debian-archive-keyring.gpg
    echo "deb [signed-by=$keys] $uri $release main" >"$work/sources"
    echo "deb [signed-by=$keys] $uri $release-backports main" >>"$work/sources"
    echo "nodes.sh: fetching bitcoin-knots of $release-backports into build/nodes/knots" >&2
    private_apt update || skip "could not read the package lists of $release-backports; see $work/log"
    private_apt install -y --download-only --no-install-recommends -t "$release-backports" bitcoin-knots ||
        skip "could not download bitcoin-knots; see $work/log"
    for package in "$work"/cache/archives/*.deb; do
        dpkg-deb -x "$package" "$root" || skip "could not unpack $package"
    done
    write_wrapper
    rm -rf "$work/cache" "$work/state"
    "$work/bitcoind" -version >/dev/null 2>&1 || skip "the unpacked program does not start"
    touch "$work/ready"
}

# One fetch at a time, however many tests ask.
knots_program() {
    mkdir -p build/nodes
    (
        flock 9
        [ -f "$knots/ready" ] || fetch_knots
    ) 9>build/nodes/lock || exit 3
    echo "$knots/$1"
}

# Not the program of that name in node_modules/.bin, which starts this one and does not end it.
npm_anvil() {
    case $(uname -m) in
    x86_64) machine=amd64 ;;
    aarch64) machine=arm64 ;;
    *) skip "npm has none for this machine; set ANVIL" ;;
    esac
    program=$PWD/tests/e2e/node_modules/@foundry-rs/anvil-linux-$machine/bin/anvil
    [ -f "$program" ] || skip "npm's @foundry-rs/anvil is not installed"
    "$program" --version >/dev/null 2>&1 || skip "npm's anvil does not start here (it needs glibc 2.35)"
    echo "$program"
}

wanted=${1:-}
case $wanted in
litecoind)
    [ -z "${LITECOIND:-}" ] || given "$LITECOIND"
    # Not /usr/bin/litecoind, a wrapper that writes into the home folder.
    [ -x /usr/lib/litecoin/litecoind ] || skip "the Debian package litecoind is not installed"
    echo /usr/lib/litecoin/litecoind
    ;;
litecoin-cli)
    [ -z "${LITECOIN_CLI:-}" ] || given "$LITECOIN_CLI"
    command -v litecoin-cli || skip "the Debian package litecoind is not installed"
    ;;
bitcoind)
    [ -z "${BITCOIND:-}" ] || given "$BITCOIND"
    knots_program bitcoind
    ;;
bitcoin-cli)
    [ -z "${BITCOIN_CLI:-}" ] || given "$BITCOIN_CLI"
    knots_program bitcoin-cli
    ;;
anvil)
    [ -z "${ANVIL:-}" ] || given "$ANVIL"
    npm_anvil
    ;;
*)
    echo "usage: nodes.sh litecoind|litecoin-cli|bitcoind|bitcoin-cli|anvil" >&2
    exit 2
    ;;
esac
