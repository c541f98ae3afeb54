-- SPDX-License-Identifier: MIT
-- A shop reads its events in their sequence. What it made itself, and at once, is not among them: a create pays
-- nothing for this index.

CREATE INDEX journal_shop ON journal (shop_id, id)
    WHERE shop_id IS NOT NULL AND event <> 'invoice_created' AND event <> 'address_issued';
