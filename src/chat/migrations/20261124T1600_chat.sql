-- Conversations and their messages, a tree: an edit or another answer is a sibling, and nothing is overwritten.
create schema chat;

create table chat.conversation (
  id uuid primary key,
  owner uuid not null,
  title text not null check (title <> ''),
  -- A title of the owner's own is never made anew.
  title_by text not null check (title_by in ('text', 'owner')),
  -- The message whose path to the root is shown; the other siblings are reached from there.
  leaf uuid not null,
  pinned_at timestamptz,
  created_at timestamptz not null,
  touched_at timestamptz not null,
  -- Gone for the owner, who may bring it back until it is purged.
  deleted_at timestamptz
);
create index conversation_listed on chat.conversation (owner, touched_at desc, id desc) where deleted_at is null;
create index conversation_deleted on chat.conversation (deleted_at) where deleted_at is not null;

-- One row for what a person says, one for what each bot answers. Answers of one turn stand side by side: all have the message they
-- answer as parent, and a next message has the first of them. An answer's id is its call's.
create table chat.message (
  id uuid primary key,
  conversation uuid not null references chat.conversation on delete cascade,
  parent uuid references chat.message on delete cascade,
  n bigint generated always as identity,
  author text not null check (author in ('person', 'bot')),
  bot uuid,
  turn uuid,
  -- The place of the answer among those of its turn.
  place smallint not null default 0,
  text text not null default '',
  -- How far an answer is: null while its turn runs, then how it ended and what is to be said about it.
  ending text,
  words text,
  parts json not null default '[]',
  suggestions json not null default '[]',
  -- Of the conversation, how many older messages did not fit into what the bot was sent.
  left_out integer not null default 0,
  created_at timestamptz not null,
  -- The text cut into words, with every sign of Chinese, Japanese and Korean a word of its own.
  words_found tsvector,
  constraint message_by check (
    (author = 'bot') = (bot is not null) and (author = 'bot') = (turn is not null)
    and (author = 'bot' or ending is null) and left_out >= 0 and place >= 0
  )
);
create index message_children on chat.message (conversation, parent, n);
create index message_turn on chat.message (turn, place) where turn is not null;
create index message_words on chat.message using gin (words_found);
