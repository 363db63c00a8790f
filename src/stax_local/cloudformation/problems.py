"""What is wrong with a request or a template, before anything is made."""


class TemplateError(Exception):
    """The template, or a value given to it, is wrong; the text is what the caller is told (ValidationError)."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
