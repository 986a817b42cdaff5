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

  @Option(
    help: ArgumentHelp(
      "Record the runs computed in this way too, beside f32: int8 or codes, as `tlc run --compute` does.",
      valueName: "way"))
  var compute: ComputeOptions.Way?

  @Flag(help: "Record no run of the graph.")
  var noProbes = false

  func validate() throws {
    if requireGraph && weightsOnly {
      throw ValidationError("--require-graph and --weights-only exclude each other")
    }
    if weightsOnly, !map.isEmpty || probe != nil || compute != nil || noProbes {
      throw ValidationError(
        "--weights-only goes with none of --map, --probe, --compute and --no-probes")
    }
    if noProbes && (probe != nil || compute != nil) {
      throw ValidationError("--no-probes goes with neither --probe nor --compute")
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
    if let compute, compute != .f32 { conversion.probedWays.append(compute.library) }
    for text in map {
      guard let equals = text.firstIndex(of: "=") else { continue }
      conversion.recipe.substitutions[String(text[..<equals])] =
        String(text[text.index(after: equals)...])
    }
  }
}
