#!/bin/sh
# SPDX-License-Identifier: MIT
# packages.sh GROUP ...: installs the Debian packages of these groups (packages.txt) and, for e2e and
# lint, the npm packages that tests/e2e and tests/contract pin. Silent and quick when nothing is missing.
set -eu
cd "$(dirname "$0")/.."

die() {
    echo "dev: $*" >&2
    exit 1
}

# Prints the packages of the group "$1" that are not there.
missing_of() {
    sed -n "s/^$1: //p" tools/packages.txt | tr ' ' '\n' | while IFS='=' read -r package command; do
        [ -n "$package" ] || continue
        if [ -n "$command" ] && command -v "$command" >/dev/null 2>&1; then
            continue
        fi
        status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
        [ "$status" = installed ] || printf '%s ' "$package"
    done
}

apt_install() {
    # shellcheck disable=SC2086 # a list of names
    DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y --no-install-recommends -q $missing </dev/null
}

install_debian() {
    command -v apt-get >/dev/null 2>&1 || die "please install, by hand: $missing"
    sudo=
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null 2>&1 || die "please run as root: apt-get install $missing"
        sudo="sudo -E"
    fi
    echo "dev: ./dev $groups needs Debian packages that are missing: $missing"
    echo "dev: installing them with ${sudo:+sudo }apt-get"
    if ! ls /var/lib/apt/lists/*_Packages* >/dev/null 2>&1; then
        $sudo apt-get update -q
    fi
    apt_install || { $sudo apt-get update -q && apt_install; } || die "could not install: $missing"
}

install_npm() {
    [ -f "$1/package-lock.json" ] || return 0
    cmp -s "$1/package-lock.json" "$1/node_modules/.installed" && return 0
    echo "dev: installing the npm packages that $1/package-lock.json pins"
    (cd "$1" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) </dev/null ||
        die "could not install the npm packages of $1"
    cp "$1/package-lock.json" "$1/node_modules/.installed"
}

groups=$*
missing=
for group in "$@"; do
    missing="$missing$(missing_of "$group")"
done
[ -z "$missing" ] || install_debian
for group in "$@"; do
    case $group in
    e2e) install_npm tests/e2e ;;
    lint) install_npm tests/contract ;;
    esac
done
