public import TLCCore

/// A tensor that is to be exported, read when its turn comes.
public struct ExportedTensor: Sendable {
  public var name: String
  public var dtype: DType
  public var shape: Shape
  private let read: @Sendable () throws -> Tensor

  public init(
    name: String, dtype: DType, shape: Shape, read: @escaping @Sendable () throws -> Tensor
  ) {
    self.name = name
    self.dtype = dtype
    self.shape = shape
    self.read = read
  }

  /// Reads the values.
  public func load() throws -> Tensor { try read() }

  var byteCount: Int { shape.count * dtype.byteCount }
}

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
  /// - Parameter progress: is told the bytes of each tensor that is done.
  /// - Throws: ``ExportError``, `IOError`, or what a tensor's reading throws.
  static func write(
    _ tensors: [ExportedTensor], to path: String, overwriting: Bool, progress: (Int) -> Void
  ) throws
}

/// The formats that a program can write.
public struct ExporterRegistry: Sendable {
  public let all: [any CheckpointExporter.Type]

  public init(_ all: [any CheckpointExporter.Type]) { self.all = all }

  public static let standard = ExporterRegistry([
    SafetensorsExporter.self, HDF5Exporter.self, NumPyExporter.self,
  ])

  /// These and one more.
  public func adding(_ type: any CheckpointExporter.Type) -> ExporterRegistry {
    ExporterRegistry(all + [type])
  }

  /// The format of a name, or else the one that a path's ending says.
  public func exporter(
    named name: String?, path: String
  ) throws(ExportError) -> any CheckpointExporter.Type {
    let found =
      name.map { name in all.first { $0.name == name } }
      ?? all.first { type in type.fileExtensions.contains { path.hasSuffix(".\($0)") } }
    guard let found else { throw .unknownFormat(name ?? path, known: all.map { $0.name }) }
    return found
  }
}

/// Why tensors cannot be written in a format.
public enum ExportError: Error, Equatable, Sendable, CustomStringConvertible {
  case unknownFormat(String, known: [String])
  case dtype(DType, tensor: String, format: String)
  case name(String, String)

  public var description: String {
    switch self {
    case .unknownFormat(let name, let known):
      "\(name): no format to export to; there are \(known.joined(separator: ", "))"
    case .dtype(let dtype, let tensor, let format):
      "tensor \"\(tensor)\": \(format) has no \(dtype) elements; safetensors has"
    case .name(let name, let why): "tensor \"\(name)\": \(why)"
    }
  }
}
