-- Notes how many rows of the range under way were dealt with, and gives the state of the job.
with pgh_pulse as (
    insert into {pulse} (
        job_id,
        looked,
        at
    )
    select
        id,
        %(looked)s,
        clock_timestamp()
    from
        {job}
    where
        id = %(job)s
    on conflict (job_id) do update
    set
        looked = excluded.looked,
        at = excluded.at
)
select
    state
from
    {job}
where
    id = %(job)s
