public import TLCCore
public import TLCKernels

/// The weights of a model that are trained, and their gradients: one after the other in one memory
/// each, in order of name.
public final class ParameterStore: Sendable {
  /// One weight.
  public struct Parameter: Sendable {
    /// The tensor's name.
    public let name: String
    /// Its shape.
    public let shape: Shape
    /// The place of its first element among all.
    public let start: Int

    /// The places of its elements.
    public var range: Range<Int> { start..<start + shape.count }
  }

  /// In order of name.
  public let parameters: [Parameter]
  /// Tensors that are no `f32`, which are not trained, by name.
  public let fixed: [String: Tensor]
  /// The elements of all, with zeros between some.
  public let values: Elements<Float>
  /// Their gradients.
  public let gradients: Elements<Float>
  private let valueStorage: Storage
  private let gradientStorage: Storage
  private let places: [String: Int]

  /// Parameters start a cache line.
  private static let unit = Storage.alignment / MemoryLayout<Float>.stride

  /// Holds copies of tensors; those that are no `f32` stay as they are.
  public init(_ tensors: [String: Tensor]) {
    var parameters: [Parameter] = []
    var count = 0
    let names = tensors.keys.sorted { $0.precedesInUTF8($1) }
    for name in names {
      guard let tensor = tensors[name], tensor.dtype == .f32 else { continue }
      parameters.append(Parameter(name: name, shape: tensor.shape, start: count))
      count += (tensor.shape.count + Self.unit - 1) / Self.unit * Self.unit
    }
    self.parameters = parameters
    fixed = tensors.filter { $0.value.dtype != .f32 }
    places = Dictionary(
      uniqueKeysWithValues: parameters.enumerated().map { ($0.element.name, $0.offset) })
    valueStorage = Storage(byteCount: count * MemoryLayout<Float>.stride)
    gradientStorage = Storage(byteCount: count * MemoryLayout<Float>.stride)
    let shape = Shape.vector(count)
    values = TensorView(dtype: .f32, shape: shape, storage: valueStorage).floats
    gradients = TensorView(dtype: .f32, shape: shape, storage: gradientStorage).floats
    for parameter in parameters {
      if let tensor = tensors[parameter.name] { self[parameter].set(tensor) }
    }
  }

  /// How many elements the parameters have.
  public var count: Int { parameters.reduce(0) { $0 + $1.shape.count } }

  /// The parameter of a name; `nil` where there is none.
  public func parameter(_ name: String) -> Parameter? { places[name].map { parameters[$0] } }

  /// The elements of a parameter.
  public subscript(parameter: Parameter) -> TensorView {
    view(of: parameter, in: valueStorage)
  }

  /// The gradient of a parameter.
  public func gradient(of parameter: Parameter) -> TensorView {
    view(of: parameter, in: gradientStorage)
  }

  private func view(of parameter: Parameter, in storage: Storage) -> TensorView {
    TensorView(
      dtype: .f32, shape: parameter.shape, storage: storage,
      byteOffset: parameter.start * MemoryLayout<Float>.stride)
  }

  /// A copy of every tensor, by name, with those that are not trained.
  public func tensors() -> [String: Tensor] {
    var tensors = fixed
    for parameter in parameters { tensors[parameter.name] = self[parameter].tensor() }
    return tensors
  }
}
