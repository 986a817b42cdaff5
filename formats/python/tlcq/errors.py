"""What is wrong with a file: the reasons of tlcq.md §9."""


class FormatError(Exception):
    """A broken rule: its reason's name, the offset in the file, and the tensor if there is one."""

    def __init__(self, reason, offset, tensor=None, message=""):
        super().__init__(f"{f'tensor {tensor!r}, ' if tensor else ''}byte {offset}: {reason} {message}".rstrip())
        self.reason = reason
        self.offset = offset
        self.tensor = tensor
