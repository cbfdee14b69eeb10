"""Months of believable history, the same for the same seed.

`writing` lets several stories take turns in the order of time and moves what they wrote into the past. `calendar` says
when, `shop` holds what the stories share, `catalogue`, `people`, `trade` and `scenes` hold the stories.
"""
