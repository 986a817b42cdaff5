"""Holds this reader to every file of fixtures/: values, and exact errors."""
import hashlib
import json
import pathlib
import random
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import tlcq

ROOT = pathlib.Path(__file__).resolve().parents[3] / "fixtures"
ENTRIES = [e for e in json.loads((ROOT / "MANIFEST.json").read_text()) if e["path"].endswith(".tlcq")]


def first_error(path):
    try:
        checkpoint = tlcq.open(path)
        for file in checkpoint.files:
            file.verify("digests")
        checkpoint.verify("tensors")
    except tlcq.FormatError as error:
        return error
    return None


class Fixtures(unittest.TestCase):
    def test_valid_files_give_their_values(self):
        for entry in ENTRIES:
            if entry["expect"] != "valid" or "tensors" not in entry:
                continue
            checkpoint = tlcq.open(str(ROOT / entry["path"]))
            for name, expected in entry["tensors"].items():
                with self.subTest(entry["path"], tensor=name):
                    if "refused" in expected:
                        with self.assertRaises(tlcq.FormatError) as caught:
                            checkpoint.owner[name].read(name)
                        found = caught.exception
                        want = expected["refused"]
                        self.assertEqual((found.reason, found.offset, found.tensor), (want["reason"], want["offset"], want["tensor"]))
                        continue
                    data = checkpoint.owner[name].read(name, check_content=True)
                    self.assertEqual(hashlib.sha256(data).hexdigest(), expected["sha256"])

    def test_invalid_files_give_their_errors(self):
        for entry in ENTRIES:
            if entry["expect"] == "valid":
                continue
            # This reader does not use the graph, and so finds nothing wrong at the last depth.
            if entry["expect"]["stage"] == "probes":
                with self.subTest(entry["path"]):
                    self.assertIsNone(first_error(str(ROOT / entry["path"])))
                continue
            with self.subTest(entry["path"]):
                error = first_error(str(ROOT / entry["path"]))
                found = error and {"reason": error.reason, "offset": error.offset, "tensor": error.tensor}
                want = {key: entry["expect"][key] for key in ("reason", "offset", "tensor")}
                self.assertEqual(found, want)

    def test_changed_bytes_raise_format_errors_only(self):
        source = (ROOT / "versions/v1.0/frozen.tlcq").read_bytes()
        chance = random.Random(7)
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "changed.tlcq"
            for _ in range(300):
                data = bytearray(source)
                data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
                path.write_bytes(data)
                self.assertIsNotNone(first_error(str(path)))


if __name__ == "__main__":
    unittest.main()
