-- Conversations as trees of questions and answers. A message is written once; an answer is written a second time, when its
-- turn ends. Nothing else of it ever changes, so every branch stays as it was read.
create schema chat;

create table chat.conversation (
  id uuid primary key,
  owner uuid not null,
  title text not null check (length(title) between 1 and 200),
  pinned_at timestamptz,
  -- Who was asked last: [{ id, handle, name }], as they were called then.
  bots json not null,
  -- The end of the branch that is shown. No foreign key: it is written in the statement that writes the message.
  leaf uuid,
  created_at timestamptz not null,
  active_at timestamptz not null,
  deleted_at timestamptz,
  -- Of the title.
  search tsvector not null
);
create index conversation_list on chat.conversation (owner, (pinned_at is not null) desc, active_at desc, id desc)
  where deleted_at is null;
create index conversation_owner on chat.conversation (owner);
create index conversation_deleted on chat.conversation (deleted_at) where deleted_at is not null;
create index conversation_word on chat.conversation using gin (search);

create table chat.message (
  id uuid primary key,
  conversation uuid not null references chat.conversation on delete cascade,
  -- A question follows the first answer of a turn, or nothing. An answer follows its question.
  parent uuid references chat.message,
  -- The order in which messages were made, through all conversations.
  number bigint not null generated always as identity,
  text text not null,
  -- Of the text in UTF-8, so that a context is measured without reading texts.
  bytes integer not null,
  created_at timestamptz not null,
  -- Words of the text, and whose it is: `/owner` is a word among them, so that one index answers both.
  search tsvector not null,
  -- Of answers.
  turn uuid,
  place smallint,
  bot uuid,
  handle text,
  name text,
  -- Null while it runs.
  ending text,
  words text,
  parts json,
  suggestions text[],
  constraint message_kind check (
    case when turn is null then num_nonnulls(place, bot, handle, name, ending, words, parts, suggestions) = 0
    else parent is not null and num_nonnulls(place, bot, handle, name, parts, suggestions) = 6 and place between 0 and 9 end
  ),
  constraint message_bytes check (bytes = octet_length(text))
);
create unique index message_turn on chat.message (turn, place);
create index message_child on chat.message (parent, number);
create index message_conversation on chat.message (conversation, number);
create index message_running on chat.message (conversation) where turn is not null and ending is null;
create index message_word on chat.message using gin (search);
