extension OperatorRegistry {
  /// Every operator of this package, by ONNX's names.
  public static let standard = OperatorRegistry([
    Add.self, Sub.self, Mul.self, Div.self, LayerNormalization.self, Reshape.self,
    ShapeOf.self, Softmax.self, Transpose.self,
  ])
}
