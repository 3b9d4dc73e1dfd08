"""The base of what is stored and sent as JSON: frozen pydantic models that may have a field named `register`."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class _WithoutRegister(type(BaseModel)):
    """Hides `ABCMeta.register`, which pydantic would warn that our word for a declared table shadows."""

    @property
    def register(cls) -> None:  # type: ignore[override]
        raise AttributeError("register")


class Frozen(BaseModel, metaclass=_WithoutRegister):
    model_config = ConfigDict(frozen=True, extra="forbid")
