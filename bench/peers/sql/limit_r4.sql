-- Bounded, as a page needs it.
select count(*)
from (
    (select from shop_itemevent limit 10001)
    union all
    (select from shop_categoryevent limit 10001)
    union all
    (select from shop_supplierevent limit 10001)
    union all
    (select from shop_reviewevent limit 10001)
    limit 10001
) as bounded
