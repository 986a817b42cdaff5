internal import Synchronization
public import TLCCore
internal import TLCFormat
internal import TLCKernels
public import TLCModel
internal import TLCSystem

/// A model that is open and ready to run.
///
/// Runs may overlap: each has memory of its own, which is kept for the next one of the same shapes.
/// The same inputs give the same bits, whatever the number of threads.
public final class Session: Sendable {
  let program: Program
  let team: Team
  private let plans = Mutex<[[String: Shape]: Plan]>([:])

  /// Plans for more shapes than this are not kept.
  private static let keptPlanCount = 16

  /// Makes a graph ready to run.
  ///
  /// - Parameters:
  ///   - graph: the graph to run.
  ///   - threadCount: how many threads make it ready, and a run may use.
  ///   - weight: the tensor of the checkpoint of a name; several threads may ask for some at once.
  ///   - codes: the codes of a tensor of the checkpoint that is stored as codes of a byte; a table in
  ///     which runs look up rows is kept as these.
  ///   - leavingZerosOut: whether products of `f32` leave zeros out where so many are that it is
  ///     faster: the bits are the same.
  /// - Throws: `GraphError`, and what `weight` and `codes` throw.
  public init(
    _ graph: TypedGraph, threadCount: Int = 1, leavingZerosOut: Bool = true,
    weight: @escaping @Sendable (String) throws -> Tensor,
    codes: @escaping @Sendable (String) throws -> ByteCodes? = { _ in nil }
  ) throws {
    program = try Program(
      graph, parallelism: Parallelism(threads: threadCount),
      weights: WeightSource(tensor: weight, codes: codes, leavesZerosOut: leavingZerosOut))
    team = Team(threadCount: threadCount)
  }

  /// A part of a program, which is run by the threads of the whole.
  init(_ program: Program, sharing team: Team) {
    self.program = program
    self.team = team
  }

  /// What a run is given, in order.
  public var inputs: [Graph.Input] { program.inputs }
  /// The names of what a run returns, in order.
  public var outputs: [String] { program.outputs }

  /// Runs the graph.
  ///
  /// What nodes compute lies in memory that was planned when these shapes were first run, and is
  /// there for the next run. A run allocates its outputs; lists of dimensions, strides and places (of
  /// an encoder of six layers some 500, which take 90 kB with its output); and copies where an
  /// operator works on other rows than a tensor's last axis: reductions and softmax of other axes,
  /// norms of batches and groups, casts.
  ///
  /// - Parameter values: a tensor an input, by name.
  /// - Returns: the outputs, in order.
  /// - Throws: `GraphError` where inputs do not fit, or elements are wrong.
  public func run(_ values: [String: Tensor]) throws(GraphError) -> [Tensor] {
    for input in program.inputs {
      guard let tensor = values[input.name] else {
        throw .value(input.name, "it is an input, and nothing is given for it")
      }
      guard tensor.dtype == input.type.dtype else {
        throw .value(input.name, "it is \(input.type), and \(tensor.dtype) is given")
      }
    }
    for name in values.keys.sorted() where !program.inputs.contains(where: { $0.name == name }) {
      throw .value(name, "it is given, and there is no such input")
    }
    let plan = try plan(for: values.mapValues { $0.shape })
    return try plan.run(
      program.inputs.compactMap { values[$0.name] }, EvaluationContext(team: team))
  }

  private func plan(for shapes: [String: Shape]) throws(GraphError) -> Plan {
    if let plan = plans.withLock({ $0[shapes] }) { return plan }
    let plan = try Plan(program, shapes: shapes, threadCount: team.threadCount)
    plans.withLock { plans in
      if plans.count >= Self.keptPlanCount { plans.removeAll() }
      plans[shapes] = plan
    }
    return plan
  }
}
