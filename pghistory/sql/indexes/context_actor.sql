create index if not exists pghistory_context_actor
on pghistory_context ((metadata -> 'user'), id);
