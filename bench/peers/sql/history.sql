-- A long history, set-based: {events} events of items, 3 × 0.3 times as many of categories, suppliers and reviews, and a
-- context for every five events of items. Event n lies n seconds after the first. Item 1 has one event of 200, each other
-- item about twenty; each category is referred to by about 440 events; a user has a thousandth of the contexts.
set session_replication_role = replica;

insert into shop_category (id, name)
select n, 'Category ' || n from generate_series(1, greatest({events} / 440, 1)) as n;

insert into shop_supplier (id, name, city)
select n, 'Supplier ' || n, 'City ' || n % 100 from generate_series(1, 1000) as n;

insert into shop_item (
    id, name, sku, price, quantity, status, description, is_active, created_at, updated_at, category_id
)
select
    n,
    'Item number ' || n,
    'SKU-' || n,
    n % 1000 + 0.99,
    n % 50,
    'draft',
    'A description of about sixty letters, as many shops have it.',
    true,
    now(),
    now(),
    1 + n % greatest({events} / 440, 1)
from
    generate_series(1, {events} / 20) as n;

insert into shop_review (id, stars, text, item_id)
select n, n % 5, 'Review ' || n, 1 + n % ({events} / 20) from generate_series(1, 1000) as n;

insert into pghistory_context (id, created_at, updated_at, metadata)
select
    lpad(to_hex(n), 32, '0')::uuid,
    timestamptz '2025-01-01' + n * interval '5 seconds',
    timestamptz '2025-01-01' + n * interval '5 seconds',
    jsonb_build_object('user', 1 + n % 1000, 'url', '/admin/shop/item/' || n || '/change/')
from
    generate_series(0, {events} / 5) as n;

insert into shop_itemevent (
    pgh_created_at, pgh_label, pgh_obj_id, pgh_context_id,
    id, name, sku, price, quantity, status, description, is_active, created_at, updated_at, category_id
)
select
    timestamptz '2025-01-01' + n * interval '1 second',
    case when n <= {events} / 20 then 'insert' else 'update' end,
    item,
    lpad(to_hex(n / 5), 32, '0')::uuid,
    item,
    'Item number ' || item,
    'SKU-' || item,
    item % 1000 + 0.99,
    n / ({events} / 20),
    case n % 3 when 0 then 'draft' when 1 then 'published' else 'sold_out' end,
    'A description of about sixty letters, as many shops have it.',
    true,
    timestamptz '2025-01-01',
    timestamptz '2025-01-01' + n * interval '1 second',
    1 + item % greatest({events} / 440, 1)
from
    generate_series(1, {events}) as n
    cross join lateral (select case when n % 200 = 0 and n > {events} / 20 then 1 else 1 + n % ({events} / 20) end as item) as one;

insert into shop_categoryevent (pgh_created_at, pgh_label, pgh_obj_id, pgh_context_id, id, name)
select
    timestamptz '2025-01-01' + n * interval '3.3 seconds',
    'update',
    key,
    lpad(to_hex(n * 33 / 50), 32, '0')::uuid,
    key,
    'Category ' || n
from
    generate_series(1, {events} * 3 / 10) as n
    cross join lateral (select 1 + n % greatest({events} / 440, 1) as key) as one;

insert into shop_supplierevent (pgh_created_at, pgh_label, pgh_obj_id, pgh_context_id, id, name, city)
select
    timestamptz '2025-01-01' + n * interval '3.3 seconds',
    'update',
    1 + n % 1000,
    lpad(to_hex(n * 33 / 50), 32, '0')::uuid,
    1 + n % 1000,
    'Supplier ' || n % 1000,
    'City ' || n % 97
from
    generate_series(1, {events} * 3 / 10) as n;

insert into shop_reviewevent (pgh_created_at, pgh_label, pgh_obj_id, pgh_context_id, id, stars, text, item_id)
select
    timestamptz '2025-01-01' + n * interval '3.3 seconds',
    'update',
    1 + n % 1000,
    lpad(to_hex(n * 33 / 50), 32, '0')::uuid,
    1 + n % 1000,
    n % 5,
    'Review ' || n,
    1 + n % ({events} / 20)
from
    generate_series(1, {events} * 3 / 10) as n;

-- Two thousand events for each of many further models, where there are any.
do $$
declare
    _table regclass;
begin
    for _table in
        select oid from pg_class where relname ~ '^shop_thing[0-9]+event$' and relkind = 'r'
    loop
        execute format(
            'insert into %s (pgh_created_at, pgh_label, pgh_obj_id, pgh_context_id, id, name, city) '
            'select pgh_created_at, pgh_label, pgh_obj_id, pgh_context_id, id, name, city '
            'from shop_supplierevent order by pgh_id limit 2000',
            _table
        );
    end loop;
end
$$;

reset session_replication_role;
analyze;
