import ArgumentParser
import TLC

/// What becomes of the computation that tensors are for.
struct ModelOptions: ParsableArguments {
  @Flag(help: "Refuse a source whose configuration does not give a graph.")
  var requireGraph = false

  @Flag(help: "Store tensors alone, without a graph.")
  var weightsOnly = false

  @Option(
    help: ArgumentHelp(
      "ONNX operators to take for a layer or an activation that has no definition, by its name: "
        + "lambda_3=LeakyRelu(alpha=0.1); may be given more than once.",
      valueName: "name=operators"))
  var map: [String] = []

  @Option(
    help: ArgumentHelp(
      "Inputs by name, as .npz or safetensors, to record a run on. They travel in the file. "
        + "[default: drawn at random]",
      valueName: "file"),
    completion: .file(extensions: ["npz", "safetensors"]))
  var probe: String?

  @Flag(help: "Record no run of the graph.")
  var noProbes = false

  func validate() throws {
    if requireGraph && weightsOnly {
      throw ValidationError("--require-graph and --weights-only exclude each other")
    }
    if weightsOnly, !map.isEmpty || probe != nil || noProbes {
      throw ValidationError("--weights-only goes with neither --map, --probe nor --no-probes")
    }
    if noProbes && probe != nil {
      throw ValidationError("--probe and --no-probes exclude each other")
    }
    for text in map where !Self.isSubstitution(text) {
      throw ValidationError("--map \(text) is not NAME=OPERATORS")
    }
  }

  private static func isSubstitution(_ text: String) -> Bool {
    guard let equals = text.firstIndex(of: "=") else { return false }
    return equals > text.startIndex && text.index(after: equals) < text.endIndex
  }

  /// Sets what is asked for.
  func apply(to conversion: inout Conversion) {
    conversion.wantsGraph = requireGraph ? true : weightsOnly ? false : nil
    conversion.samples = probe
    conversion.recordsProbes = !noProbes
    for text in map {
      guard let equals = text.firstIndex(of: "=") else { continue }
      conversion.recipe.substitutions[String(text[..<equals])] =
        String(text[text.index(after: equals)...])
    }
  }
}
