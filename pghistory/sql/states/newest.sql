-- Later events are passed over by the index. Only for all rows: this reads every earlier entry of it.
            and pgh_event.pgh_id <= (
                select
                    max(pgh_earlier.pgh_id)
                from
                    {events} as pgh_earlier
                where
                    pgh_earlier.pgh_created_at <= {instant}
            )
