extension OperatorRegistry {
  /// Every operator of this package, by ONNX's names.
  public static let standard = OperatorRegistry([
    Add.self,
    Div.self,
    LayerNormalization.self,
    Mul.self,
    Reshape.self,
    ShapeOf.self,
    Softmax.self,
    Sub.self,
    Transpose.self,
  ])
}
