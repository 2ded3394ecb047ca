-- One row for the whole install: a demo never becomes live, nor a live install a demo.
create table platform.install (
  singleton boolean primary key default true check (singleton),
  id uuid not null default gen_random_uuid(),
  mode text not null check (mode in ('demo', 'live')),
  stamped_at timestamptz not null default clock_timestamp()
);

create function platform.keep_install() returns trigger language plpgsql as $$
begin
  raise exception 'an install keeps the mode it was stamped with';
end $$;

create trigger keep_install before update or delete on platform.install
  for each row execute function platform.keep_install();

-- Who listens to which log, so that a listener who begins "now" begins so once and hears later homes from their start.
create table platform.consumer (
  name text not null check (name <> ''),
  source text not null check (source <> ''),
  since timestamptz not null default clock_timestamp(),
  primary key (name, source)
);

-- The position of the last event handled. It only rises: a repeated event is repeated by going on from here.
create table platform.cursor (
  consumer text not null,
  source text not null,
  home integer not null check (home >= 0),
  position bigint not null check (position >= 0),
  moved_at timestamptz not null default clock_timestamp(),
  primary key (consumer, source, home),
  foreign key (consumer, source) references platform.consumer (name, source) on delete cascade
);

create function platform.cursor_rises() returns trigger language plpgsql as $$
begin
  if new.position < old.position then
    raise exception 'the cursor of % at home % falls from % to %', old.consumer, old.home, old.position, new.position;
  end if;
  return new;
end $$;

create trigger cursor_rises before update on platform.cursor
  for each row execute function platform.cursor_rises();
