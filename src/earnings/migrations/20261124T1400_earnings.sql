-- What creators earned, by bot and UTC day: a view of the ledger's journals, built from their events. Micro-dollars.
create schema earnings;

-- `matured` is how much of a sum an intent below has taken on; what comes late is taken on by the next.
create table earnings.daily (
  creator uuid not null,
  day date not null,
  bot uuid not null,
  messages int not null default 0,
  paid bigint not null default 0,
  free bigint not null default 0,
  unfunded bigint not null default 0,
  paid_matured bigint not null default 0,
  free_matured bigint not null default 0,
  primary key (creator, day, bot),
  constraint daily_sums check (
    messages >= 0 and unfunded >= 0 and paid_matured between 0 and paid and free_matured between 0 and free)
);
create index daily_paid_due on earnings.daily (day) where paid_matured < paid;
create index daily_free_due on earnings.daily (day) where free_matured < free;

-- The last event of each home that is in the sums: events come at least once, in order.
create table earnings.heard (
  home int primary key,
  position bigint not null
);

-- The intent of a maturing and the key of its journal; `posted_at` when the ledger has it.
create table earnings.maturing (
  key uuid primary key,
  creator uuid not null,
  day date not null,
  funding text not null,
  amount bigint not null,
  posted_at timestamptz,
  constraint maturing_whole check (funding in ('paid', 'free') and amount > 0)
);
create index maturing_open on earnings.maturing (key) where posted_at is null;
