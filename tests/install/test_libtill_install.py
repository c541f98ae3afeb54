#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""test_libtill_install.py BUILD_DIR SANITIZERS: installs into an empty folder, and builds programs against what is there.

The programs see nothing of the repository: only what pkg-config says. Speaks TAP.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

PROGRAM = """\
#include <stdio.h>
#include <till.h>
/* Names that the library uses inside too: they must not meet. */
int str_eq(void);
int arena_new(void);
int str_eq(void) {
    return 1;
}
int arena_new(void) {
    return 2;
}
int main(void) {
    struct till_postback *postback = NULL;
    struct till_client *client = till_client_new("https://pay.example", "key");
    enum till_error error = till_postback_verify("{}", 2, "application/json",
                                                 "0123456789abcdef0123456789abcdef", 1, &postback);
    int sum = str_eq() + arena_new();
    till_client_free(client);
    (void)printf("%s %d %d %d\\n", till_version(), (int)error, client != NULL, sum);
    return 0;
}
"""
EXPECTED = r"\d+\.\d+\.\d+ 11 1 3\n"


class Folder:
    """What was installed, and how to build against it."""

    def __init__(self, build_dir, sanitizers, folder):
        self.root = os.path.join(folder, "root")
        self.folder = folder
        self.flags = [] if sanitizers == "none" else [f"-fsanitize={sanitizers}"]
        run("meson", "install", "-C", build_dir, "--no-rebuild", "--quiet", "--destdir", self.root)
        self.libdir = os.path.dirname(self.find("libtill.pc").removesuffix("/pkgconfig/libtill.pc") + "/")
        self.environment = {
            **os.environ,
            "PKG_CONFIG_PATH": os.path.join(self.libdir, "pkgconfig"),
            "PKG_CONFIG_SYSROOT_DIR": self.root,
            "LD_LIBRARY_PATH": self.libdir,
        }

    def find(self, name):
        for parent, _, names in os.walk(self.root):
            if name in names:
                return os.path.join(parent, name)
        raise AssertionError(f"{name} was not installed")

    def pkg_config(self, *options):
        return run("pkg-config", *options, "libtill", env=self.environment).split()

    def build(self, compiler, source, *options):
        """Compiles, links as `options` say, runs; returns what it prints."""
        program = os.path.join(self.folder, "program")
        run(*compiler, *self.flags, *self.pkg_config("--cflags"), source, "-o", program, *options, env=self.environment)
        return run(program, env=self.environment)


def run(*command, env=None):
    ran = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=env, check=False)
    assert ran.returncode == 0, f"{' '.join(command)}: exit status {ran.returncode}\n{ran.stdout}{ran.stderr}"
    return ran.stdout


def source_of(installed, suffix):
    path = os.path.join(installed.folder, f"program.{suffix}")
    with open(path, "w", encoding="ascii") as file:
        file.write(PROGRAM)
    return path


STRICT = ("-Wall", "-Wextra", "-pedantic", "-Werror")
CC = os.environ.get("CC", "cc").split()  # ccache may stand before it


def test_a_c99_program_builds_with_the_shared_library(installed):
    printed = installed.build((*CC, "-std=c99", *STRICT), source_of(installed, "c"), *installed.pkg_config("--libs"))
    assert re.fullmatch(EXPECTED, printed), printed


def test_a_cxx_program_builds_with_the_shared_library(installed):
    cxx = "clang++" if "clang" in CC[-1] else "g++"
    if shutil.which(cxx) is None:
        return f"SKIP {cxx} is not installed"
    printed = installed.build((cxx, "-std=c++11", *STRICT), source_of(installed, "cc"), *installed.pkg_config("--libs"))
    assert re.fullmatch(EXPECTED, printed), printed


def test_a_program_builds_with_the_archive(installed):
    # pkg-config's private libraries are there for this; libcurl's own are shared, so only ours is an archive.
    printed = installed.build(
        (*CC, "-std=c99", *STRICT), source_of(installed, "c"), os.path.join(installed.libdir, "libtill.a"),
        *run("pkg-config", "--libs", "libcurl", "nettle").split(),
    )
    assert re.fullmatch(EXPECTED, printed), printed


def test_only_names_of_ours_are_visible(installed):
    for options, name in ((("-D",), "libtill.so"), (("-g",), "libtill.a")):
        listed = run("nm", *options, "--defined-only", installed.find(name)).splitlines()
        names = {line.split()[2].split("@")[0] for line in listed if re.match(r"[0-9a-f]+ [^A] ", line)}
        assert "till_postback_verify" in names, f"{name}: {sorted(names)}"
        foreign = {one for one in names if not one.startswith("till_")}
        assert not foreign or installed.flags, f"{name} shows {sorted(foreign)}"


def test_every_function_of_the_header_is_there_and_has_a_manual(installed):
    with open(installed.find("till.h"), encoding="utf-8") as file:
        declared = set(re.findall(r"\b(till_[a-z_]+)\(", file.read()))
    assert len(declared) > 20, declared
    listed = run("nm", "-D", "--defined-only", installed.find("libtill.so"))
    with open(installed.find("libtill.3"), encoding="utf-8") as file:
        manual = file.read()
    for name in declared:
        assert f" {name}@" in listed, f"{name} is declared and not defined"
        assert f".Fn {name}" in manual or f".Fo {name}" in manual, f"{name} is not in the manual"


def test_the_library_has_a_version_of_its_interface(installed):
    shown = run("readelf", "-d", installed.find("libtill.so"))
    assert "[libtill.so.0]" in shown, shown


def main():
    tests = [(name, function) for name, function in globals().items() if name.startswith("test_")]
    print(f"1..{len(tests)}")
    with tempfile.TemporaryDirectory(prefix="till-install-") as folder:
        installed = Folder(sys.argv[1], sys.argv[2], folder)
        for number, (name, function) in enumerate(tests, 1):
            try:
                reason = function(installed)
                print(f"ok {number} - {name}" + (f" # {reason}" if reason else ""))
            except AssertionError as error:
                print(f"not ok {number} - {name}\n# " + str(error).replace("\n", "\n# "), flush=True)


if __name__ == "__main__":
    main()
