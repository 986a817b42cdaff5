// List what a file holds: tensors, planes, and the assets that travel with the model.
//
// Reads the manifest of `model.tlcq`, and one asset.
import TLC

let checkpoint = try Checkpoint(path: "model.tlcq")
for tensor in checkpoint.summaries {
  print(tensor.name, tensor.dtype, tensor.shape, tensor.encoding, tensor.storedByteCount)
}
for file in checkpoint.files {
  for plane in file.planes {
    print(plane.role, plane.codec, plane.bytes, "of \(plane.rawByteCount) bytes", plane.digest)
  }
}
for asset in checkpoint.main.assets {
  let bytes = try checkpoint.main.bytes(of: asset)
  print(asset.name, asset.mediaType, String(decoding: bytes.prefix(24), as: UTF8.self))
}
