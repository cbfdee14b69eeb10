select distinct
    *
from
    {wanted} as pgh_any
