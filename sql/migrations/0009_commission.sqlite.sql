-- SPDX-License-Identifier: MIT
-- What an invoice costs beside its price, and what a shop takes for enough. The invoice keeps what held when it was made.

ALTER TABLE shop ADD COLUMN side_commission TEXT NOT NULL DEFAULT 'client' CHECK (side_commission IN ('client', 'merchant')); -- who bears the transfer fee
ALTER TABLE shop ADD COLUMN side_commission_cc TEXT NOT NULL DEFAULT 'merchant' CHECK (side_commission_cc IN ('client', 'merchant')); -- the service fee
ALTER TABLE shop ADD COLUMN transfer_fee TEXT NOT NULL DEFAULT ''; -- "1.9% + 0.5USD"; empty: none
ALTER TABLE shop ADD COLUMN service_fee TEXT NOT NULL DEFAULT '';
ALTER TABLE shop ADD COLUMN auto_confirm TEXT NOT NULL DEFAULT ''; -- a shortfall within it is paid: "2%", "1 USD"; empty: none
ALTER TABLE shop ADD COLUMN accept_late INTEGER NOT NULL DEFAULT 0 CHECK (accept_late IN (0, 1)); -- credits late money without an operator
ALTER TABLE shop ADD COLUMN amount_min_usd TEXT NOT NULL DEFAULT ''; -- smallest price; empty: what the assets allow

ALTER TABLE invoice ADD COLUMN side_commission TEXT NOT NULL DEFAULT 'client' CHECK (side_commission IN ('client', 'merchant'));
ALTER TABLE invoice ADD COLUMN side_commission_cc TEXT NOT NULL DEFAULT 'merchant' CHECK (side_commission_cc IN ('client', 'merchant'));
ALTER TABLE invoice ADD COLUMN transfer_fee_usd BLOB CHECK (length(transfer_fee_usd) = 16); -- NULL: none
ALTER TABLE invoice ADD COLUMN service_fee_usd BLOB CHECK (length(service_fee_usd) = 16); -- NULL: none
ALTER TABLE invoice ADD COLUMN auto_confirm TEXT NOT NULL DEFAULT '';
ALTER TABLE invoice ADD COLUMN accept_late INTEGER NOT NULL DEFAULT 0 CHECK (accept_late IN (0, 1));
ALTER TABLE invoice ADD COLUMN without_payment INTEGER NOT NULL DEFAULT 0 CHECK (without_payment IN (0, 1)); -- a test invoice, taken for paid though nothing came
