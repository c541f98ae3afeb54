#!/bin/sh
# SPDX-License-Identifier: MIT
# build.sh DIR [TARGET ...]: compiles one of our build folders, setting it up when it is new or its options changed.
#   build        gcc, what is installed          build/asan   gcc with address and undefined sanitizers
#   build/clang  clang, for its warnings         build/fuzz   clang with libFuzzer and the sanitizers
set -eu
cd "$(dirname "$0")/.."
dir=$1
shift

cc=gcc
case $dir in
build) options= ;;
build/asan)
    # Instrumented code makes gcc see truncation and null formats that are not there; lint judges the warnings.
    options="-Db_sanitize=address,undefined -Doptimization=1 -Dwerror=false -Dc_args=-Wno-format-truncation"
    ;;
build/clang)
    cc=clang
    options=
    ;;
build/fuzz)
    cc=clang
    options="-Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false -Doptimization=1"
    ;;
*)
    echo "build.sh: unknown build folder \"$dir\"" >&2
    exit 2
    ;;
esac

wanted="CC=$cc $options"
if [ ! -f "$dir/build.ninja" ] || [ "$(cat "$dir/setup.options" 2>/dev/null || echo "$wanted")" != "$wanted" ]; then
    mkdir -p "$dir"
    mode=
    [ ! -d "$dir/meson-private" ] || mode=--wipe
    # shellcheck disable=SC2086 # a list of options
    CC=$cc meson setup $mode "$dir" $options >"$dir.setup.log" 2>&1 || {
        cat "$dir.setup.log" >&2
        exit 1
    }
    mv "$dir.setup.log" "$dir/setup.log"
    echo "$wanted" >"$dir/setup.options"
fi
exec ninja -C "$dir" "$@"
