import Synchronization
import TLCCore
import TLCKernels
import TLCModel

/// A program for inputs of given shapes: each value has its place in memory.
final class Plan: Sendable {
  /// A tensor's type and where it is.
  struct Slot: Sendable {
    var dtype: DType
    var shape: Shape
    var place: Place
  }

  enum Place: Sendable {
    /// From this byte of the run's memory on.
    case arena(Int)
    case fixed(TensorView)
  }

  /// A node with the places of what it reads and gives.
  struct Step: Sendable {
    var node: Node
    var operation: any Operator
    var inputs: [Slot?]
    var outputs: [Slot?]
    /// The bytes of the run's memory that the node has for itself.
    var scratch: Range<Int>?
  }

  private let inputs: [Slot]
  private let outputs: [Slot]
  private let steps: [Step]
  /// The bytes of memory that a run needs.
  let arenaByteCount: Int
  private let workspaces = Mutex<[Workspace]>([])

  /// - Throws: `GraphError` where the shapes do not fit.
  init(_ program: Program, shapes: [String: Shape], threadCount: Int) throws(GraphError) {
    let types = try ConcreteTypes(program, shapes: shapes)
    let layout = MemoryLayoutPlan(program, types, threadCount: threadCount)
    func slot(_ name: String) -> Slot? {
      if let view = program.fixed[name] ?? types.constants[name] {
        return Slot(dtype: view.dtype, shape: view.shape, place: .fixed(view))
      }
      guard let type = types.types[name], let offset = layout.offsets[name] else { return nil }
      return Slot(dtype: type.dtype, shape: type.shape, place: .arena(offset))
    }
    steps = zip(program.nodes, program.operators).enumerated().compactMap { place, pair in
      let (node, operation) = pair
      guard !layout.skipped.contains(place) else { return nil }
      return Step(
        node: node, operation: operation, inputs: node.inputs.map { slot($0) },
        outputs: node.outputs.map { slot($0) }, scratch: layout.scratch[place])
    }
    inputs = program.inputs.compactMap { slot($0.name) }
    outputs = program.outputs.compactMap { slot($0) }
    arenaByteCount = layout.byteCount
  }

  /// Runs the steps.
  func run(_ tensors: [Tensor], _ context: EvaluationContext) throws(GraphError) -> [Tensor] {
    let workspace: Workspace
    if let free = workspaces.withLock({ $0.popLast() }) {
      workspace = free
    } else {
      workspace = try Workspace(self, steps, inputs, outputs)
    }
    defer { workspaces.withLock { $0.append(workspace) } }
    return try workspace.run(tensors, context)
  }
}

/// The memory of one run at a time, and every tensor's view of it.
final class Workspace: Sendable {
  private struct ReadyStep {
    var node: Node
    var operation: any Operator
    var inputs: [TensorView?]
    var outputs: [TensorView?]
    var scratch: TensorView?
  }

  private let steps: [ReadyStep]
  private let inputs: [TensorView]
  private let outputs: [TensorView]

  /// - Throws: ``GraphError`` where the system has not as much memory.
  init(
    _ plan: Plan, _ steps: [Plan.Step], _ inputs: [Plan.Slot], _ outputs: [Plan.Slot]
  ) throws(GraphError) {
    guard let arena = Storage(tryingByteCount: plan.arenaByteCount) else {
      throw .malformed(
        "this machine gives no memory for the \(plan.arenaByteCount) bytes of a run")
    }
    func view(_ slot: Plan.Slot) -> TensorView {
      switch slot.place {
      case .fixed(let view): view
      case .arena(let offset):
        TensorView(dtype: slot.dtype, shape: slot.shape, storage: arena, byteOffset: offset)
      }
    }
    self.steps = steps.map { step in
      ReadyStep(
        node: step.node, operation: step.operation, inputs: step.inputs.map { $0.map(view) },
        outputs: step.outputs.map { $0.map(view) },
        scratch: step.scratch.flatMap { range in
          Shape([range.count]).map {
            TensorView(dtype: .u8, shape: $0, storage: arena, byteOffset: range.lowerBound)
          }
        })
    }
    self.inputs = inputs.map(view)
    self.outputs = outputs.map(view)
  }

  /// - Precondition: one run at a time.
  func run(_ tensors: [Tensor], _ context: EvaluationContext) throws(GraphError) -> [Tensor] {
    for (input, tensor) in zip(inputs, tensors) { input.set(tensor) }
    for step in steps {
      do throws(OperatorError) {
        var context = context
        context.scratch = step.scratch
        try step.operation.evaluate(step.inputs, into: step.outputs, context)
      } catch {
        throw .node(step.node.name, operation: step.node.operation, error.description)
      }
    }
    return outputs.map { $0.tensor() }
  }
}
