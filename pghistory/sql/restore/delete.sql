delete from {table} as pgh_now
using
    unnest(%s::text[]) as pgh_work (obj)
where
    pgh_now.{key} = pgh_work.obj::{key_type}
