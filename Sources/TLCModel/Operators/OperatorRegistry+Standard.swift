extension OperatorRegistry {
  /// Every operator of this package, by ONNX's names.
  public static let standard = OperatorRegistry([
    Add.self, Sub.self, Mul.self, Div.self, Reshape.self, ShapeOf.self, Transpose.self,
  ])
}
