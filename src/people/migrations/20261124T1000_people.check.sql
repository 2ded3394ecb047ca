select 'a claimed install without an operator' as failure
from people.claim where not exists (select from people.user where role = 'operator' and suspended_at is null);

select 'a closed account that can still be entered' as failure, u.id
from people.user u
where u.closed_at is not null and (
  exists (select from people.session s where s.user_id = u.id) or exists (select from people.credential c where c.user_id = u.id)
);
