"""The base of all settings: frozen, strict about names, and silent when declared wrongly.

pyinfra executes every file in ``group_data/`` whichever inventory is used, so declaring a
setting never raises: what does not validate is kept as it was written and reported by
``load`` if a host of the inventory in use really has it (relied on: pydantic 2, whose
``model_validate`` does not pass through the metaclass's ``__call__``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    PrivateAttr,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic_core import PydanticCustomError

if TYPE_CHECKING:
    from pydantic._internal._model_construction import ModelMetaclass
else:
    ModelMetaclass = type(BaseModel)

UNNAMED = "(value without a name)"
LOADING = "load"
"""The context in which `load` validates: for a host in use, so secrets are fetched."""
ENVCONFIG = "Ollama 0.33.0 envconfig/config.go"


class _Declaring(ModelMetaclass):
    """Makes ``Ollama(...)`` keep a wrong declaration where pydantic would raise."""

    # Hidden from type checkers, which would take its signature for that of every setting.
    if not TYPE_CHECKING:

        def __call__(self, *args: object, **declared: object) -> BaseModel:
            for name, value in zip(self.positional, args, strict=False):
                declared[UNNAMED if name in declared else name] = value
            if len(args) > len(self.positional):
                declared[UNNAMED] = args[len(self.positional) :]
            try:
                return super().__call__(**declared)
            except ValidationError:
                kept = self.model_construct(**declared)
                kept._rejected = declared
                return kept


class Setting(BaseModel, metaclass=_Declaring):
    """A group of settings that is never changed after it was validated."""

    # What is not used is not built: that takes longer than all else at the start of a run.
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)

    positional: ClassVar[tuple[str, ...]] = ()
    """Fields that may be given without their name, in order."""

    moved: ClassVar[dict[str, str]] = {}
    """Names that old guides use for a field, each with what to write instead."""

    # What was declared, when it did not validate. Kept apart from __dict__ so that valid
    # settings compare, copy and pickle as plain pydantic models do.
    _rejected: dict[str, Any] | None = PrivateAttr(default=None)

    # "wrap", because pydantic takes an instance as it is before it asks a "before" validator.
    @model_validator(mode="wrap")
    @classmethod
    def _take_up_what_was_kept(
        cls, value: object, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo
    ) -> Self:
        if isinstance(value, cls) and value._rejected is not None:
            return handler(value._rejected)
        if isinstance(value, cls) and info.context == LOADING:
            return handler({name: getattr(value, name) for name in value.model_fields_set})
        return handler(value)

    @property
    def is_valid(self) -> bool:
        """Whether the declaration validated; ``load`` never hands out one that did not."""
        return self._rejected is None

    def to_json(self) -> Any:
        """Return what pyinfra's JSON output and ``debug-inventory`` show; secrets are masked."""
        return self.model_dump(mode="json", exclude_defaults=True) if self.is_valid else repr(self)

    def __repr_args__(self) -> Any:
        # A rejected value was never wrapped, so a password in it would be shown.
        if not self.is_valid:
            return [(None, "not valid")]
        fields = type(self).model_fields
        return [(k, v) for k, v in super().__repr_args__() if k and v != fields[k].default]


def setting(
    default: Any,
    text: str,
    *,
    source: str | None = None,
    example: str | None = None,
    **limits: Any,
) -> Any:
    """Return a field with its description.

    ``source`` says where the default comes from, ``example`` is Python as it would be written.
    """
    given = {"source": source, "example": example}
    extra: dict[str, Any] = {key: value for key, value in given.items() if value is not None}
    return Field(default, description=text, json_schema_extra=extra, **limits)


def refusal(*, accepted: str, remedy: str, seen: str | None = None) -> PydanticCustomError:
    """Return the error that a validator raises to refuse the current field.

    + accepted: what would be valid
    + remedy: what the person should do next
    + seen: what was found, when the plain value does not tell it or must not be shown
    """
    return PydanticCustomError(
        "refused", "{accepted}", {"accepted": accepted, "remedy": remedy, "seen": seen}
    )
