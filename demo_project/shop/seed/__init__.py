"""Months of believable history, the same for the same seed.

`story` tells it all. `writing` lets the stories take turns in the order of time, `past` moves what they wrote to where
it belongs, `calendar` says when that is, and `shop` holds what the stories share. The stories themselves: `people`,
`assortment` with the plain data of `catalogue`, `customers`, `trade`, `scenes` and `throw`.
"""
