"""What bench/run is made of: contenders, loads, rounds, tables and plots. Python's standard library only."""
