select 'the log can be changed: a trigger is gone or asleep' as failure, t.name
from (values ('journal'), ('leg'), ('batch')) t(name)
where not exists (
  select 1 from pg_trigger g where g.tgrelid = ('ledger.' || t.name)::regclass and g.tgname = 'append_only' and g.tgenabled in ('O', 'A'));

select 'a constraint was never validated or is not enforced' as failure, c.conrelid::regclass::text as name, c.conname
from pg_constraint c join pg_namespace n on n.oid = c.connamespace
where n.nspname = 'ledger' and not (c.convalidated and c.conenforced);

select 'the ledger''s own templates are not what they were' as failure, t.*
from (values (0, 'ledger.hold_expired'), (1, 'ledger.reversed')) own(id, name)
left join ledger.template t on t.id = own.id
where t.name is distinct from own.name or t.room <> 0;

select 'a kind names a room that is not there' as failure, k.name
from ledger.kind k
where (k.debited_by | k.credited_by) & ~(select coalesce(bit_or(1::bigint << r.id::int), 0) from ledger.room r) <> 0;
