-- Plain products of the first supplier, numbered under a name.
insert into shop_product (
    name,
    sku,
    status,
    price,
    stock,
    supplier_id,
    description,
    care_manual,
    attributes,
    image,
    created_at,
    updated_at
)
select
    wanted.name || ' ' || number,
    replace(upper(wanted.name), ' ', '-') || '-' || number,
    'published',
    round((5 + number %% 200 + 0.9)::numeric, 2),
    number %% 40,
    (select min(id) from shop_supplier),
    '',
    '',
    '{}',
    '',
    now() - interval '400 days',
    now() - interval '400 days'
from
    (select %s::text as name, %s::integer as count) as wanted
    cross join lateral generate_series(1, wanted.count) as number
