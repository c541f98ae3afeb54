-- SPDX-License-Identifier: MIT
-- Blocks that count although the node did not trace them: what contracts paid in them is not known, until
-- they are read again with traces. Runs of them, as one row.

CREATE TABLE untraced (
    network_id INTEGER NOT NULL REFERENCES network (id),
    first_height INTEGER NOT NULL CHECK (first_height >= 0),
    last_height INTEGER NOT NULL CHECK (last_height >= first_height),
    PRIMARY KEY (network_id, first_height)
) STRICT, WITHOUT ROWID;
