"""A toolchain that a team shares: built once, packed, taken by everybody's machine.

`digest` says what a built module is, byte by byte, `known` which of them this repository trusts,
`archive` packs and unpacks, `remote` speaks to a server, `taking` puts them in place.
"""
