"""What `parlor bench starter` measures: the starter models against their bars."""
