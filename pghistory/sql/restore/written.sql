-- Whether a transaction that is still running wrote the row: of those that can be seen, only one's own. The 32 bits of
-- xmin are read as the number nearest to that of the running transaction.
pg_xact_status((
    pg_current_xact_id()::text::bigint - (1::bigint << 31)
    + ((xmin::text::bigint - pg_current_xact_id()::text::bigint + (1::bigint << 31)) & ((1::bigint << 32) - 1))
)::text::xid8) = 'in progress'
