#!/bin/sh
# SPDX-License-Identifier: MIT
# hide_symbols.sh IN.a OUT.a: one object out of all of an archive, in which only symbols of default visibility are
# still global. The hidden ones would otherwise meet those of the program that links the archive.
set -eu
in=$1
out=$2
object="$out.o"
ld -r -o "$object" --whole-archive "$in"
objcopy --localize-hidden "$object"
rm -f "$out"
ar rcsD "$out" "$object"
rm -f "$object"
