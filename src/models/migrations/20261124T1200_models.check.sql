select 'an own figure names a page' as failure, version from models.cost where origin = 'operator' and source is not null;

select 'a key without a hint' as failure, slug from models.provider where (sealed_key is null) <> (key_hint is null);
