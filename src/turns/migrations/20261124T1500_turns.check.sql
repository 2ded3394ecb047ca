select 'a turn that ended without all of its calls' as failure, t.id
from turns.turn t
where t.ended_at > clock_timestamp() - interval '1 hour'
  and json_array_length(t.calls) <> (select count(*) from turns.call c where c.home = t.home and c.turn = t.id);

select 'a gap in the log of a turn' as failure, e.turn
from (select turn, first_seq, lag(last_seq) over (partition by home, turn order by first_seq) as before from turns.event) e
where e.before is not null and e.first_seq <> e.before + 1 and e.first_seq < 2000000;

select 'a log that goes on after its turn ended' as failure, t.id
from turns.turn t join turns.event e on e.home = t.home and e.turn = t.id
where e.last_seq > t.last_seq;
