internal import TLCModel

/// Layers that do nothing but while a model is trained.
struct KerasIdentity: KerasLayer {
  static let classNames = [
    "ActivityRegularization", "AlphaDropout", "Dropout", "GaussianDropout", "GaussianNoise",
    "Identity", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D",
  ]

  init(_ fields: KerasFields, _ context: KerasContext) throws(LoweringError) {}

  func lower(
    _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> [KerasTensor] { [try call.input()] }
}
