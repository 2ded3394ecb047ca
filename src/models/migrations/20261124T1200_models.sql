-- Providers, what they offer, and what their models cost the house.
create schema models;

-- Those set at the operator's desk. The ones of the environment and of a demo are never written down.
create table models.provider (
  slug text primary key check (slug ~ '^[a-z][a-z0-9-]{0,31}$'),
  name text not null check (length(name) between 1 and 60),
  base_url text not null check (length(base_url) between 1 and 500),
  -- AES-256-GCM: nonce, tag and ciphertext, bound to the slug. Null where the provider asks for no key.
  sealed_key bytea check (length(sealed_key) > 28),
  key_hint text check (length(key_hint) <= 8),
  added_at timestamptz not null,
  changed_at timestamptz not null,
  check ((sealed_key is null) = (key_hint is null))
);

-- What is known of a provider wherever it came from: hence no reference.
create table models.provider_state (
  slug text primary key check (slug ~ '^[a-z][a-z0-9-]{0,31}$'),
  enabled boolean not null default true,
  models text[] not null default '{}' check (cardinality(models) <= 2000),
  offered text[] not null default '{}' check (offered <@ models),
  listed_at timestamptz,
  trial jsonb check (jsonb_typeof(trial) = 'object')
);

-- Micro-dollars for a million tokens. The newest row of a model is in force; receipts name a row by its version.
create table models.cost (
  version integer generated always as identity primary key,
  model text not null check (length(model) between 1 and 240),
  input_per_million bigint not null check (input_per_million between 0 and 10000000000),
  output_per_million bigint not null check (output_per_million between 0 and 10000000000),
  origin text not null check (origin in ('shipped', 'operator')),
  as_of date,
  source text,
  at timestamptz not null,
  check ((origin = 'shipped') = (as_of is not null and source is not null))
);
create index on models.cost (model, version desc);

create function models.keep_cost() returns trigger language plpgsql as $$
begin
  raise exception 'a cost keeps what it was set to; a new one is a new row';
end $$;

create trigger keep_cost before update or delete on models.cost for each row execute function models.keep_cost();
