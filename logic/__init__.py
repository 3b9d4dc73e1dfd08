"""The rules of the department: what a register is, what a cell means, who may do what.

Knows no screen and no file format.
"""
