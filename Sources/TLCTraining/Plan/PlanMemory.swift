import TLCCore
import TLCKernels
import TLCModel

/// Where the values of a graph and their gradients are.
struct PlanMemory {
  private let typed: TypedGraph
  private let types: [String: TensorType]
  private let parameters: ParameterStore
  /// Values that no run computes.
  private var fixed: [String: TensorView] = [:]
  /// The value whose memory a value is.
  private var owners: [String: String] = [:]
  private var values: [String: TensorView] = [:]
  private var gradients: [String: TensorView] = [:]
  private var gradientOwners: [String: String] = [:]
  private var scratch: [Int: TensorView] = [:]

  private enum Owner {
    case value(String)
    case gradient(String)
    case scratch(moment: Int)
  }

  init(_ typed: TypedGraph, _ types: [String: TensorType], _ parameters: ParameterStore) {
    self.typed = typed
    self.types = types
    self.parameters = parameters
    for (name, tensor) in typed.constants { fixed[name] = TensorView(tensor) }
    for initializer in typed.graph.initializers {
      if let parameter = parameters.parameter(initializer.tensor) {
        fixed[initializer.value] = parameters[parameter]
        gradients[initializer.value] = parameters.gradient(of: parameter)
      } else if let tensor = parameters.fixed[initializer.tensor] {
        fixed[initializer.value] = TensorView(tensor)
      }
    }
    for node in typed.graph.nodes where MemoryViews.contains(node) {
      guard fixed[node.outputs[0]] == nil else { continue }
      owners[node.outputs[0]] = owners[node.inputs[0]] ?? node.inputs[0]
    }
  }

  /// Whether a run has anything to do for a node.
  func computes(_ node: Node) -> Bool {
    owners[node.outputs[0]] == nil && !node.outputs.allSatisfy { $0.isEmpty || fixed[$0] != nil }
  }

  /// A value.
  func view(_ name: String) -> TensorView? {
    shaped(fixed[name] ?? values[owners[name] ?? name] ?? fixed[owners[name] ?? name], name)
  }

  /// The gradient of a value; `nil` where none flows.
  func gradient(_ name: String) -> TensorView? {
    shaped(gradients[gradientOwners[name] ?? name], name)
  }

  private func shaped(_ view: TensorView?, _ name: String) -> TensorView? {
    guard let view, let type = types[name] else { return nil }
    return view.reshaped(type.shape)
  }

  /// The memory of a node's own while it is computed.
  func scratch(forward place: Int) -> TensorView? { scratch[place] }

  /// The memory of a node's own while its gradient is.
  func scratch(backward place: Int) -> TensorView? {
    scratch[2 * typed.graph.nodes.count - place]
  }

  /// Gives each value its place.
  ///
  /// - Parameter arena: gives memory of at least so many bytes.
  mutating func place(_ flow: GradientFlow?, threadCount: Int, in arena: (Int) -> Storage) {
    let count = typed.graph.nodes.count
    var moments: [String: ClosedRange<Int>] = [:]
    var order: [String] = []
    func owner(_ name: String) -> String { owners[name] ?? name }
    func use(_ name: String, at moment: Int) {
      guard !name.isEmpty, fixed[owner(name)] == nil, fixed[name] == nil else { return }
      let name = owner(name)
      if let known = moments[name] {
        moments[name] = min(known.lowerBound, moment)...max(known.upperBound, moment)
      } else {
        moments[name] = moment...moment
        order.append(name)
      }
    }
    var lives: [LifetimePlacement.Life] = []
    var holders: [Owner] = []
    func needScratch(_ bytes: Int, at moment: Int) {
      guard bytes > 0 else { return }
      lives.append(.init(moment...moment, byteCount: bytes))
      holders.append(.scratch(moment: moment))
    }
    for input in typed.graph.inputs { use(input.name, at: 0) }
    for (place, node) in typed.graph.nodes.enumerated() where computes(node) {
      for name in node.inputs + node.outputs { use(name, at: place) }
      let bytes = typed.operators[place].scratchByteCount(
        node.inputs.map { types[$0] }, node.outputs.map { types[$0] }, threadCount: threadCount)
      needScratch(bytes, at: place)
    }
    for name in typed.graph.outputs { use(name, at: 2 * count + 1) }
    if let flow {
      gradientOwners = flow.owners
      for step in flow.steps {
        let (node, moment) = (typed.graph.nodes[step.place], 2 * count - step.place)
        for place in step.gradient.reads.inputs.sorted() where node.inputs.indices.contains(place) {
          use(node.inputs[place], at: moment)
        }
        for place in step.gradient.reads.outputs.sorted()
        where node.outputs.indices.contains(place) {
          use(node.outputs[place], at: moment)
        }
        needScratch(
          step.gradient.scratchByteCount(
            node.inputs.map { types[$0] }, threadCount: threadCount), at: moment)
      }
      for name in flow.order {
        guard let moments = flow.moments[name], let type = types[name] else { continue }
        lives.append(.init(moments, byteCount: type.shape.count * type.dtype.byteCount))
        holders.append(.gradient(name))
      }
    }
    for name in order {
      guard let moments = moments[name], let type = types[name] else { continue }
      lives.append(.init(moments, byteCount: type.shape.count * type.dtype.byteCount))
      holders.append(.value(name))
    }
    let placement = LifetimePlacement(lives)
    allot(placement, lives, holders, in: arena(placement.byteCount))
  }

  private mutating func allot(
    _ placement: LifetimePlacement, _ lives: [LifetimePlacement.Life], _ holders: [Owner],
    in arena: Storage
  ) {
    func view(_ name: String, _ offset: Int) -> TensorView? {
      types[name].map {
        TensorView(dtype: $0.dtype, shape: $0.shape, storage: arena, byteOffset: offset)
      }
    }
    for (index, holder) in holders.enumerated() {
      let offset = placement.offsets[index]
      switch holder {
      case .value(let name): values[name] = view(name, offset)
      case .gradient(let name): gradients[name] = view(name, offset)
      case .scratch(let moment):
        scratch[moment] = TensorView(
          dtype: .u8, shape: .vector(lives[index].byteCount), storage: arena, byteOffset: offset)
      }
    }
  }
}
