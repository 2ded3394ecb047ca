-- Tells a server that was given another secret than its database knows, before it misreads what is encrypted. Not the secret.
create table platform.secret (
  singleton boolean primary key default true check (singleton),
  fingerprint bytea not null check (length(fingerprint) = 32)
);
