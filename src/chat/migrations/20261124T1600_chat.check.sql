select 'a leaf that is no message of its conversation' as failure, c.id
from chat.conversation c left join chat.message m on m.id = c.leaf and m.conversation = c.id
where m.id is null;

select 'a parent in another conversation' as failure, m.id
from chat.message m join chat.message p on p.id = m.parent
where p.conversation <> m.conversation;

select 'an answer that answers no person' as failure, m.id
from chat.message m left join chat.message p on p.id = m.parent
where m.author = 'bot' and p.author is distinct from 'person';
