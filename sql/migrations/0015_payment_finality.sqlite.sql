-- SPDX-License-Identifier: MIT
-- A payment may wait for its block to be called safe or final by the chain, instead of a depth.

-- NULL: it waits for a depth, see matures_height, which is NULL otherwise
ALTER TABLE payment ADD COLUMN waits_for TEXT CHECK (waits_for IN ('safe', 'finalized'));
