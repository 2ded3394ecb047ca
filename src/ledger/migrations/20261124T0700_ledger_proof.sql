-- What each run of prove() found, so that an install can show when its money was last proven.
create table ledger.proof (
  at timestamptz primary key,
  holds boolean not null,
  breaches text[] not null,
  journals bigint not null,
  check (holds = (breaches = '{}'))
);
