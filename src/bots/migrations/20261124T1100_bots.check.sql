select 'a copy in bot differs from its version or price' as failure, b.id
from bots.bot b
join bots.version v on v.bot = b.id and v.version = b.version
join bots.price p on p.bot = b.id and p.version = b.price_version
where b.usd_per_thousand <> p.usd_per_thousand or (b.visibility <> 'withdrawn' and (b.tags <> v.tags or b.language <> v.language));

select 'versions have a gap' as failure, bot from bots.version group by bot having max(version) <> count(*);

select 'prices have a gap' as failure, bot from bots.price group by bot having max(version) <> count(*);
