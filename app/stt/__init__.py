"""Speech to text: the pool, the engine, live text, and what is no speech at all."""
