internal import TLCCore
internal import TLCKernels

/// Hands out the memory that an evaluation has for itself, piece by piece.
struct Scratch {
  private let memory: TensorView?
  private var used = 0

  init(_ context: EvaluationContext) { memory = context.scratch }

  /// Elements of any content.
  mutating func floats(_ count: Int) -> Elements<Float> {
    guard let shape = Shape([count]) else { preconditionFailure("\(count) elements") }
    return tensor(.f32, shape).elements(of: Float.self)
  }

  /// A tensor of any content.
  mutating func tensor(_ dtype: DType, _ shape: Shape) -> TensorView {
    let byteCount = shape.count * dtype.byteCount
    guard let memory, byteCount <= memory.byteCount - used else {
      return TensorView(zeros: dtype, shape)
    }
    defer { used += Self.byteCount([byteCount]) }
    return TensorView(
      dtype: dtype, shape: shape, storage: memory.storage, byteOffset: memory.byteOffset + used)
  }

  /// The bytes of pieces of float32.
  static func byteCount(floats counts: Int...) -> Int {
    byteCount(counts.map { $0 * MemoryLayout<Float>.stride })
  }

  /// The bytes of pieces, each of which starts a cache line.
  private static func byteCount(_ pieces: [Int]) -> Int {
    pieces.reduce(0) {
      $0 + ($1 + Storage.alignment - 1) / Storage.alignment * Storage.alignment
    }
  }
}
