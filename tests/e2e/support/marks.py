# SPDX-License-Identifier: MIT
"""What a test says about itself to the runner. Without marks it may run beside others and must end in five minutes."""

LIMIT_S = 300


def on(*profiles):
    """Runs once for each kind of node; the test takes its name as second parameter."""

    def mark(test):
        test.profiles = profiles
        return test

    return mark


def limit(seconds):
    """Ends it after that long."""

    def mark(test):
        test.limit_s = seconds
        return test

    return mark


def alone(test):
    """It measures, so nothing else runs meanwhile."""
    test.alone = True
    return test


def waits(test):
    """It mostly sleeps, so it starts first and takes nobody's place."""
    test.waits = True
    return test
