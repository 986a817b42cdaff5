/// A foreign format that tensors can be written to.
///
/// Files are written beside their place and moved there whole; the same tensors give the same
/// bytes. One tensor at a time is in memory.
///
/// To add one, write a file in this folder with a type that conforms, and name it in
/// ``ExporterRegistry/standard``.
public protocol CheckpointExporter: Sendable {
  /// The name of the format, in kebab-case.
  static var name: String { get }
  /// The endings of its files' names, without the dot.
  static var fileExtensions: [String] { get }

  /// Writes tensors to `path`.
  ///
  /// What a format cannot hold is refused before anything is written.
  /// - Parameters:
  ///   - tensors: what to write, in this order where the format has one.
  ///   - path: where the file is to be.
  ///   - overwriting: whether a file there may be replaced.
  ///   - progress: is told the bytes of each tensor that is done; may throw, to end the work.
  /// - Throws: ``ExportError``, `IOError`, or what a tensor's reading or `progress` throws.
  static func write(
    _ tensors: [ExportedTensor], to path: String, overwriting: Bool,
    progress: (Int) throws -> Void
  ) throws
}
