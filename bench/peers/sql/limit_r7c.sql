-- All items that referred to one category, by the index of the mirrored key.
select 'item' as of, pgh_id, pgh_created_at
from shop_itemevent
where category_id = %(category)s
