"""zg-sync/1: the protocol between a device and a site. Pure: no clock, no randomness, no network, no storage (PROTOCOL.md)."""
