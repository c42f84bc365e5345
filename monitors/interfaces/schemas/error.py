"""An error as the API gives it: one shape for all of them."""

from ninja import Field
from pydantic import BaseModel


class ErrorDetail(BaseModel):
    code: str = Field(..., description="for programs, like not_found", examples=["not_found"])
    message: str = Field(..., description="one sentence for people")
    fields: dict[str, str] = Field(
        ..., description="what is wrong with which field; empty where no field is at fault"
    )


class ErrorOut(BaseModel):
    """What went wrong."""

    error: ErrorDetail
