-- Years of trade at once: as many orders from checkout to door as the table `wanted` says, ten events and five contexts
-- each, spread evenly between its two instants. Every step of an order is a row of `step`, of which all else is made; rows are stored in the order of time,
-- which is the order of their keys. The triggers must be silent: the events are written here.
create temporary table bulk as
select
    wanted.count,
    wanted.start,
    wanted.until,
    coalesce((select max(id) from shop_order), 0) as orders,
    coalesce((select max(id) from shop_orderline), 0) as lines,
    coalesce((select max(id) from shop_shipment), 0) as shipments,
    coalesce((select max(id) from shop_product), 0) as products,
    -- Every 200th order is for the first of them, which so has a long history.
    greatest(wanted.count / 20, 1) as assortment,
    (select array_agg(id order by id) from shop_customer) as customers,
    (select array_agg(id order by id) from auth_user where is_staff) as staff
from
    wanted;

create temporary table step as
select
    number,
    stage,
    at,
    (
        lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0')
        || '70008'
        || lpad(to_hex(bulk.orders + number), 14, '0')
        || stage
    )::uuid as context,
    bulk.staff[1 + mod(number, cardinality(bulk.staff))] as clerk,
    bulk.orders + number as order_id,
    case
        when mod(number, 200) = 0 then bulk.products + 1
        else bulk.products + 1 + mod(number, bulk.assortment)
    end as product_id,
    (array['placed', 'paid', 'processing', 'shipped', 'completed'])[1 + stage] as status,
    1 + mod(number, 4) as quantity,
    10 + mod(number, 90) as price
from
    bulk
    cross join generate_series(1, bulk.count) as number
    cross join generate_series(0, 4) as stage
    cross join lateral (
        select
            bulk.start
            + (bulk.until - bulk.start) * ((number - 1)::double precision / bulk.count)
            + (array[0, 1, 5, 20, 60])[1 + stage] * interval '1 hour'
            as at
    ) as instant;

insert into pghistory_context (id, created_at, updated_at, metadata, actor_label)
select
    step.context,
    step.at,
    step.at,
    case step.stage
        when 0 then jsonb_build_object('user', null, 'url', '/checkout/')
        when 1 then jsonb_build_object('command', 'collect_payments --order=' || step.order_id)
        when 2 then jsonb_build_object('user', step.clerk, 'url', '/admin/shop/order/' || step.order_id || '/change/')
        when 3 then jsonb_build_object('command', 'ship_orders --carrier=Nordpost')
        else jsonb_build_object('command', 'track_parcels --all', 'reason', 'Nightly report of the carriers')
    end,
    case step.stage
        when 2 then nullif(trim(clerk.first_name || ' ' || clerk.last_name), '')
    end
from
    step
    left join auth_user as clerk on clerk.id = step.clerk
order by
    step.at;

insert into shop_product (
    id, name, sku, status, price, stock, category_id, supplier_id, description, care_manual, attributes, image,
    created_at, updated_at
)
select
    bulk.products + number,
    'Remainder ' || bulk.products + number,
    'REM-' || bulk.products + number,
    'published',
    10 + mod(number, 90),
    1000,
    like_this.category_id,
    like_this.supplier_id,
    '',
    '',
    '{}',
    '',
    bulk.start,
    bulk.until
from
    bulk
    cross join (select category_id, supplier_id from shop_product order by id limit 1) as like_this
    cross join generate_series(1, bulk.assortment) as number;

insert into shop_productevent (
    pgh_created_at, pgh_label, pgh_obj_id, pgh_context_id, id, name, sku, status, price, stock, category_id, supplier_id,
    description, care_manual, attributes, image, created_at, updated_at
)
select
    step.at,
    'update',
    product.id,
    step.context,
    product.id,
    product.name,
    product.sku,
    product.status,
    product.price,
    -- The last event leaves what the row has.
    1000 + count(*) over later - 1,
    product.category_id,
    product.supplier_id,
    product.description,
    product.care_manual,
    product.attributes,
    product.image,
    product.created_at,
    step.at
from
    step
    join shop_product as product on product.id = step.product_id
where
    step.stage = 1
window
    later as (partition by product.id order by step.number desc)
order by
    step.at;

insert into shop_order (id, number, customer_id, status, total, note, placed_at)
select
    step.order_id,
    'R-' || step.order_id,
    bulk.customers[1 + mod(step.number, cardinality(bulk.customers))],
    'completed',
    step.price * step.quantity + 5,
    '',
    placed.at
from
    bulk
    cross join step
    join step as placed on placed.number = step.number and placed.stage = 0
where
    step.stage = 4;

insert into shop_orderevent (
    pgh_created_at, pgh_label, pgh_obj_id, pgh_context_id, id, number, customer_id, status, total, note, placed_at
)
select
    step.at,
    case step.stage when 0 then 'insert' else 'status_changed' end,
    bought.id,
    step.context,
    bought.id,
    bought.number,
    bought.customer_id,
    step.status,
    bought.total,
    bought.note,
    bought.placed_at
from
    step
    join shop_order as bought on bought.id = step.order_id
order by
    step.at;

insert into shop_orderline (id, order_id, product_id, title, quantity, total)
select
    bulk.lines + 2 * step.number - place,
    step.order_id,
    case place when 0 then step.product_id end,
    case place when 0 then 'Remainder ' || step.product_id else 'Gift wrapping' end,
    case place when 0 then step.quantity else 1 end,
    case place when 0 then step.price * step.quantity else 5 end
from
    bulk
    cross join step
    cross join generate_series(0, 1) as place
where
    step.stage = 0;

insert into shop_orderlineevent (
    pgh_created_at, pgh_label, pgh_obj_id, pgh_context_id, id, order_id, product_id, title, quantity, total
)
select
    step.at,
    'insert',
    line.id,
    step.context,
    line.id,
    line.order_id,
    line.product_id,
    line.title,
    line.quantity,
    line.total
from
    step
    join shop_orderline as line using (order_id)
where
    step.stage = 0
order by
    step.at;

insert into shop_shipment (id, order_id, carrier, tracking_code, state)
select
    bulk.shipments + step.number,
    step.order_id,
    'Nordpost',
    'REM' || bulk.shipments + step.number,
    'delivered'
from
    bulk
    cross join step
where
    step.stage = 4;

insert into shop_shipmentevent (
    pgh_created_at, pgh_label, pgh_obj_id, pgh_context, pgh_context_id, id, order_id, carrier, tracking_code, state
)
select
    step.at,
    case step.stage when 3 then 'handed_over' else 'update' end,
    parcel.id,
    context.metadata,
    step.context,
    parcel.id,
    parcel.order_id,
    parcel.carrier,
    parcel.tracking_code,
    case step.stage when 3 then 'on_the_way' else 'delivered' end
from
    step
    join shop_shipment as parcel using (order_id)
    join pghistory_context as context on context.id = step.context
where
    step.stage > 2
order by
    step.at;

select
    setval('shop_order_id_seq', (select max(id) from shop_order)),
    setval('shop_orderline_id_seq', (select max(id) from shop_orderline)),
    setval('shop_shipment_id_seq', (select max(id) from shop_shipment)),
    setval('shop_product_id_seq', (select max(id) from shop_product));

drop table wanted, bulk, step;
