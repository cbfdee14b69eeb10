"""What tracking costs and what reading takes, as ratios of one run: absolute times differ from machine to machine."""
