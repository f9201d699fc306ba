"""A report of `parlor bench` as one page that needs nothing else."""
