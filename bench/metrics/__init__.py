"""What being observed costs a host: its exporters' processor time, and what requests feel of it.

`make bench-metrics`, in the manner of bench.gateway, whose hosts it uses.
"""
