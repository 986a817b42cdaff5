internal import CHDF5
internal import TLCCore

/// An HDF5 file open for reading: the one narrow door to libhdf5.
///
/// Nothing outside of the file is ever opened: external links, external storage and virtual
/// datasets are reported, not followed.
public final class HDF5File: Sendable {
  /// The path, as the caller gave it.
  public let path: String
  public let limits: HDF5Limits
  let id: hid_t
  /// The length of the file in bytes when it was opened.
  let byteCount: Int

  /// Opens the file at `path`.
  public init(path: String, limits: HDF5Limits = .standard) throws(HDF5Error) {
    self.path = path
    self.limits = limits
    (id, byteCount) = try HDF5Library.locked { () throws(HDF5Error) in
      let id = unsafe H5Fopen(path, tlc_h5_read_only(), hid_t(H5P_DEFAULT))
      guard id >= 0 else {
        throw HDF5Error(
          path: path, .library(doing: "open it as HDF5", HDF5Library.errorText()))
      }
      return (id, Self.byteCount(of: id))
    }
  }

  /// Opens a file whose bytes are in memory, such as a member of an archive.
  ///
  /// - Parameter name: what messages call it.
  public init(
    bytes: [UInt8], name: String, limits: HDF5Limits = .standard
  ) throws(HDF5Error) {
    path = name
    self.limits = limits
    (id, byteCount) = try HDF5Library.locked { () throws(HDF5Error) in
      func failure() -> HDF5Error {
        HDF5Error(path: name, .library(doing: "open it as HDF5", HDF5Library.errorText()))
      }
      guard let access = HDF5Handle(H5Pcreate(tlc_h5_file_access()), closedBy: H5Pclose),
        H5Pset_fapl_core(access.id, 1 << 20, false) >= 0
      else { throw failure() }
      var image = bytes
      let status = unsafe image.withUnsafeMutableBytes { image in
        // SAFETY: the library copies the image before it returns.
        unsafe H5Pset_file_image(access.id, image.baseAddress, image.count)
      }
      guard status >= 0 else { throw failure() }
      let id = unsafe H5Fopen(name, tlc_h5_read_only(), access.id)
      guard id >= 0 else { throw failure() }
      return (id, bytes.count)
    }
  }

  deinit { HDF5Library.locked { _ = H5Fclose(id) } }

  private static func byteCount(of id: hid_t) -> Int {
    var size: hsize_t = 0
    guard unsafe H5Fget_filesize(id, &size) >= 0 else { return 0 }
    return Int(clamping: size)
  }

  /// Whether a file that starts with these bytes may be HDF5: the signature stands at 0, or behind
  /// a user block at 512, 1024, 2048 and so on.
  public static func isSignature(_ bytes: Span<UInt8>, at offset: Int = 0) -> Bool {
    let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
    guard bytes.count >= offset + signature.count else { return false }
    return signature.indices.allSatisfy { bytes[offset + $0] == signature[$0] }
  }

  func failure(_ doing: String, _ object: String?) -> HDF5Error {
    HDF5Error(path: path, object: object, .library(doing: doing, HDF5Library.errorText()))
  }

  func refusal(_ object: String?, _ reason: HDF5Error.Reason) -> HDF5Error {
    HDF5Error(path: path, object: object, reason)
  }
}
