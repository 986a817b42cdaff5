"""`python -m tlcq FILE`: verifies every tensor, and lists them."""
import sys

from . import FormatError, open


def main():
    if len(sys.argv) != 2:
        print("usage: python -m tlcq FILE", file=sys.stderr)
        return 64
    try:
        checkpoint = open(sys.argv[1])
        checkpoint.verify()
    except (FormatError, OSError) as error:
        print(f"{sys.argv[1]}: {error}", file=sys.stderr)
        return 1
    for name, tensor in checkpoint.tensors.items():
        print(f"{name}  {tensor['dtype']}  {tensor['shape']}")
    print(f"{len(checkpoint.tensors)} tensors, root {checkpoint.main.root.hex()}")
    return 0


sys.exit(main())
