import TLCCore
import TLCModel

/// A graph's JSON: parsed, typed, and evaluated on zeros where all its values are small.
struct GraphTarget: FuzzTarget {
  let name = "graph"

  func run(_ bytes: [UInt8]) {
    guard let json = StrictJSON(bytes), let graph = try? Graph(parsing: json) else { return }
    do {
      let again = try Graph(parsing: graph.json)
      require(again.json.json == graph.json.json, "a graph that is written and read is another")
    } catch {
      fatalError("a graph that is written cannot be read: \(error)")
    }
    // Tensors of the checkpoint have a rank that their names give.
    func type(_ name: String) -> ValueType {
      ValueType(.f32, Array(repeating: Dimension(4), count: name.utf8.count % 5))
    }
    guard let typed = try? TypedGraph(graph, tensor: type) else { return }
    var shapes: [String: Shape] = [:]
    for input in graph.inputs {
      shapes[input.name] = Shape(input.type.dimensions.map { $0.length ?? 3 })
    }
    guard let fixed = try? typed.specialized(to: shapes),
      fixed.types.values.allSatisfy({ ($0.shape?.count ?? 0) <= 1 << 12 })
    else { return }
    var inputs: [String: Tensor] = [:]
    for input in graph.inputs {
      guard let shape = shapes[input.name] else { return }
      inputs[input.name] = zeros(input.type.dtype, shape)
    }
    _ = try? typed.evaluate(inputs) { name in
      zeros(.f32, type(name).shape ?? .scalar)
    }
  }

  private func zeros(_ dtype: DType, _ shape: Shape) -> Tensor {
    Tensor(
      dtype: dtype, shape: shape,
      bytes: Array(repeating: 0, count: shape.count * dtype.byteCount))
  }

  func mutate(_ bytes: [UInt8], by mutation: inout Mutation) -> [UInt8] { mutation.json(bytes) }
}
