select 'a message whose parent is in another conversation' as failure, m.id
from chat.message m join chat.message p on p.id = m.parent
where p.conversation <> m.conversation;

select 'a question that does not follow a first answer' as failure, m.id
from chat.message m join chat.message p on p.id = m.parent
where m.turn is null and p.place is distinct from 0;

select 'an answer that does not follow a question' as failure, m.id
from chat.message m join chat.message p on p.id = m.parent
where m.turn is not null and p.turn is not null;

select 'a conversation whose shown branch ends elsewhere' as failure, c.id
from chat.conversation c left join chat.message m on m.id = c.leaf and m.conversation = c.id
where c.leaf is not null and m.id is null;
