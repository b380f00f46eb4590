"""The live board and the HTTP interface: the last room, where people see and answer."""
