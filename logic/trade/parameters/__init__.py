"""Every setting the rules ask, with its default (catalogue 4.6).

Several numbers that the catalogue keeps under one name are single settings here, so that each has a type and a day.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from logic.settings import Parameter
from logic.trade.parameters import company, operations, orders, people, service

PARAMETERS: Mapping[str, Parameter] = MappingProxyType(
    {one.key: one for part in (company, orders, service, people, operations) for one in part.SETTINGS}
)
