import ArgumentParser
import TLC

/// What the model is run on, so that what it is given says what matters in its weights.
struct CalibrationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Run the model on samples before it is compressed: text, one a line; token ids, one sample a "
        + "line, behind a tab those that a decoder reads, as .ids; or inputs by name, as .npz, .npy, .safetensors, .h5 or .json. Their "
        + "digest goes into the file, and none of them; steps of a table tell how often its rows are "
        + "looked up.",
      valueName: "file"),
    completion: .file())
  var calibrate: String?

  @Flag(
    inversion: .prefixedNo,
    help: "Make errors of some weights good by others. [default: where there is calibration]")
  var feedback: Bool?

  func validate() throws {
    if feedback == true, calibrate == nil {
      throw ValidationError("--feedback needs --calibrate")
    }
  }

  /// Sets what is asked for.
  func apply(to conversion: inout Conversion) {
    conversion.calibrationData = calibrate
    guard let feedback else { return }
    for place in conversion.recipe.rules.indices
    where conversion.recipe.rules[place].quantize?.parameters["feedback"] == nil {
      conversion.recipe.rules[place].quantize?.parameters["feedback"] = .flag(feedback)
    }
  }
}
