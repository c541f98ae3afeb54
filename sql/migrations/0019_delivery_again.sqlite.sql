-- SPDX-License-Identifier: MIT
-- A postback that an operator sends again has its whole schedule before it, however many attempts it had.

ALTER TABLE delivery ADD COLUMN attempts_before INTEGER NOT NULL DEFAULT 0 CHECK (attempts_before >= 0);
