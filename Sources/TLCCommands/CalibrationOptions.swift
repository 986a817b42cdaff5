import ArgumentParser
import TLC

/// What the model is run on, so that what it is given says what matters in its weights.
struct CalibrationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Run the model on samples before it is compressed: text, one a line; token ids, one sample a "
        + "line, as .ids; or inputs by name, as .npz, .npy, .safetensors, .h5 or .json. Only their "
        + "digest goes into the file.",
      valueName: "file"),
    completion: .file())
  var calibrate: String?

  /// Sets what is asked for.
  func apply(to conversion: inout Conversion) { conversion.calibrationData = calibrate }
}
