-- Bots, their sheets by version, and their prices.
create schema bots;

create table bots.bot (
  id uuid primary key,
  -- A handle once taken stays taken, withdrawn or not.
  handle text not null unique check (handle ~ '^[a-z][a-z0-9]*(-[a-z0-9]+)*$' and length(handle) between 3 and 32),
  -- Null: the house's own.
  creator uuid,
  visibility text not null default 'draft' check (visibility in ('draft', 'private', 'public', 'withdrawn')),
  version integer not null check (version > 0),
  price_version integer not null check (price_version > 0),
  link text not null check (length(link) = 22),
  uses bigint not null default 0 check (uses >= 0),
  -- Copies of what the present version and price say, so that the catalogue is one table and one index a sort.
  tags text[] not null,
  language text not null,
  usd_per_thousand bigint not null,
  search tsvector not null,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  published_at timestamptz,
  check (visibility <> 'public' or published_at is not null)
);
create index on bots.bot (creator, changed_at desc);
create index bot_by_use on bots.bot (uses desc, id desc) where visibility = 'public';
create index bot_by_age on bots.bot (published_at desc, id desc) where visibility = 'public';
create index bot_by_price on bots.bot (usd_per_thousand, id) where visibility = 'public';
create index bot_by_word on bots.bot using gin (search) where visibility = 'public';
create index bot_by_tag on bots.bot using gin (tags) where visibility = 'public';

create table bots.version (
  bot uuid not null references bots.bot,
  version integer not null check (version > 0),
  name text not null check (length(name) <= 50),
  tagline text not null check (length(tagline) <= 120),
  description text not null check (length(description) <= 4000),
  kind text not null check (kind in ('prompt', 'guide')),
  model text check (length(model) <= 200),
  system_prompt text not null check (length(system_prompt) <= 32000),
  greeting text not null check (length(greeting) <= 2000),
  suggestions text[] not null check (cardinality(suggestions) <= 4),
  tags text[] not null check (cardinality(tags) <= 5),
  language text not null,
  max_output_tokens integer not null check (max_output_tokens between 1 and 32000),
  -- In hundredths, so that what was written is what is read.
  temperature smallint check (temperature between 0 and 200),
  at timestamptz not null,
  primary key (bot, version)
);

-- USD for 1,000 messages in micro-dollars: at most three decimals of a dollar, so that one message is exact.
create table bots.price (
  bot uuid not null references bots.bot,
  version integer not null check (version > 0),
  usd_per_thousand bigint not null check (usd_per_thousand between 0 and 10000000000 and usd_per_thousand % 1000 = 0),
  at timestamptz not null,
  primary key (bot, version)
);

create function bots.keep_price() returns trigger language plpgsql as $$
begin
  raise exception 'a price of a bot never changes; a new one is a new row';
end $$;

-- The one exception: a closed account takes its words with it, and nothing else of a version changes.
create function bots.keep_version() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    if row(new.bot, new.version, new.kind, new.model, new.max_output_tokens, new.temperature, new.at)
      is not distinct from row(old.bot, old.version, old.kind, old.model, old.max_output_tokens, old.temperature, old.at)
      and new.name = 'Removed'
      and new.tagline || new.description || new.system_prompt || new.greeting = ''
      and cardinality(new.suggestions) = 0 and cardinality(new.tags) = 0
    then
      return new;
    end if;
  end if;
  raise exception 'a version of a bot never changes; a new one is a new row';
end $$;

create trigger keep_version before update or delete on bots.version for each row execute function bots.keep_version();
create trigger keep_price before update or delete on bots.price for each row execute function bots.keep_price();

alter table bots.bot add foreign key (id, version) references bots.version (bot, version) deferrable initially deferred;
alter table bots.bot add foreign key (id, price_version) references bots.price (bot, version) deferrable initially deferred;

-- Who opened a private bot's link, and may talk to it until the link is renewed.
create table bots.admitted (
  bot uuid not null references bots.bot,
  viewer uuid not null,
  at timestamptz not null,
  primary key (bot, viewer)
);
create index on bots.admitted (viewer);

create table bots.use (
  bot uuid not null references bots.bot,
  day date not null,
  answers bigint not null check (answers > 0),
  primary key (bot, day)
);
