import Foundation
import TLCCore
import TLCImport
import TLCModel
import TLCTestSupport

/// ONNX's test cases of one operator, as `fixtures/onnx` has them.
struct ConformanceCases {
  struct Case {
    var name: String
    var graph: Graph
    var inputs: [String]
    var outputs: [String]
    var relativeTolerance: Double
    var absoluteTolerance: Double
  }

  let cases: [Case]
  private let tensors: [String: Tensor]

  /// The names of the files, without their ending, in a folder of `fixtures` or of the system.
  static func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path(folder))
      .filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
  }

  private static func path(_ folder: String) -> String {
    folder.hasPrefix("/") ? folder : Fixtures.path(folder)
  }

  init(_ name: String, in folder: String) throws {
    let path = "\(Self.path(folder))/\(name)"
    let text = try [UInt8](Data(contentsOf: URL(fileURLWithPath: "\(path).json")))
    guard let cases = StrictJSON(text)?["cases"]?.elements else { throw Malformed() }
    var tensors: [String: Tensor] = [:]
    for tensor in try ImporterRegistry.standard.open("\(path).safetensors").tensors {
      tensors[tensor.name] = try tensor.load()
    }
    self.tensors = tensors
    self.cases = try cases.map { json in
      guard let name = json["name"]?.text, let graph = json["graph"],
        let inputs = json["inputs"]?.elements, let outputs = json["outputs"]?.elements,
        let rtol = json["rtol"]?.text.flatMap({ UInt64($0, radix: 16) }),
        let atol = json["atol"]?.text.flatMap({ UInt64($0, radix: 16) })
      else { throw Malformed() }
      // Of opset 24 there are only what this package takes from it.
      let members = (graph.members ?? []).map { member in
        member.key == "opset" ? (key: "opset", value: .number("23")) : member
      }
      return Case(
        name: name, graph: try Graph(parsing: .object(members)),
        inputs: inputs.compactMap { $0.text }, outputs: outputs.compactMap { $0.text },
        relativeTolerance: Double(bitPattern: rtol), absoluteTolerance: Double(bitPattern: atol))
    }
  }

  struct Malformed: Error {}

  /// The outputs of a case.
  func outputs(
    of test: Case, _ context: EvaluationContext = EvaluationContext()
  ) throws -> [Tensor] {
    var graph = test.graph
    var inputs: [String: Tensor] = [:]
    for name in test.inputs {
      guard let tensor = tensors["\(test.name)/\(name)"] else { throw Malformed() }
      // Shapes depend on such inputs, so that they must be known before a run.
      let isList = tensor.shape.rank == 1 && (!tensor.dtype.isFloatingPoint || name == "scales")
      if tensor.shape.rank == 0 || isList {
        graph.inputs.removeAll { $0.name == name }
        graph.constants.append(.init(name: name, tensor: tensor))
      } else {
        inputs[name] = tensor
      }
    }
    let typed = try TypedGraph(graph) { _ in nil }
    return try typed.evaluate(inputs, context) { _ in throw Malformed() }
  }

  /// What is wrong with the outputs of a case; `nil` where nothing is.
  func fault(_ test: Case) -> String? {
    do {
      for (name, output) in zip(test.graph.outputs, try outputs(of: test))
      where test.outputs.contains(name) {
        guard let expected = tensors["\(test.name)/\(name)"] else {
          return "\(name) is not recorded"
        }
        if let fault = difference(output, expected, test) { return "\(name): \(fault)" }
      }
      return nil
    } catch {
      return "\(error)"
    }
  }

  private func difference(_ output: Tensor, _ expected: Tensor, _ test: Case) -> String? {
    guard output.dtype == expected.dtype, output.shape == expected.shape else {
      return "\(output.dtype) \(output.shape), not \(expected.dtype) \(expected.shape)"
    }
    let (got, wanted) = (output.doubles, expected.doubles)
    for i in got.indices {
      let (x, y) = (got[i], wanted[i])
      if x == y || (x.isNaN && y.isNaN) { continue }
      guard abs(x - y) <= test.absoluteTolerance + test.relativeTolerance * abs(y) else {
        return "element \(i) is \(x), not \(y)"
      }
    }
    return nil
  }
}

extension Tensor {
  /// The elements as `Double`.
  var doubles: [Double] {
    func values<Element: TensorElement>(_: Element.Type) -> [Double] {
      elements(of: Element.self).map { $0.double }
    }
    return values(dtype.elementType)
  }
}
