-- Receipts are views of the ledger's journals. Here stands only what has no journal: turns whose hold had ended before
-- they were settled, so that nothing was charged.
create schema messages;

create table messages.waived (
  payer uuid not null,
  turn uuid not null,
  waived_at timestamptz not null,
  calls json not null,
  primary key (payer, turn)
);
