select 'more than one install' as failure, count(*) from platform.install having count(*) > 1;

select 'a cursor of no consumer' as failure, c.*
from platform.cursor c left join platform.consumer n on n.name = c.consumer and n.source = c.source
where n.name is null;
