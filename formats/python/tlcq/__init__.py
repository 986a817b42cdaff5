"""An independent reader of .tlcq checkpoints: see formats/tlcq.md."""
from .errors import FormatError
from .file import File, Set, load, open

__all__ = ["FormatError", "File", "Set", "load", "open"]
