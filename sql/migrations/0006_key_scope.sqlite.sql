-- SPDX-License-Identifier: MIT
-- What an API key may be used for, and when it last was.

ALTER TABLE api_key ADD COLUMN scope TEXT NOT NULL DEFAULT 'all' CHECK (scope IN ('all', 'read', 'create'));
ALTER TABLE api_key ADD COLUMN last_used_at_ms INTEGER; -- coarse: written once an hour at most
