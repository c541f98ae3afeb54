-- SPDX-License-Identifier: MIT
-- What stands behind a token's contract when that is a proxy: part of what is pinned.

-- Zeros: it is none. NULL: pinned before this was looked at, or the node does not tell it; whatever is told first is taken.
ALTER TABLE token_pin ADD COLUMN implementation BLOB CHECK (length(implementation) = 20);
ALTER TABLE token_pin ADD COLUMN told_implementation BLOB CHECK (length(told_implementation) = 20);
