# SPDX-License-Identifier: MIT
"""The real parts that the end-to-end tests are made of: nodes, tilld, shops, and merchants who receive postbacks."""
