extension GradientRegistry {
  /// Every gradient of this package.
  public static let standard = GradientRegistry([
    AddGradient.self,
    AttentionGradient.self,
    ConcatGradient.self,
    CrossEntropyGradient.self,
    DistillationGradient.self,
    DivGradient.self,
    DropoutGradient.self,
    GatherGradient.self,
    GeluGradient.self,
    LayerNormalizationGradient.self,
    LinearGradient.self,
    MatMulGradient.self,
    MulGradient.self,
    NegGradient.self,
    ReduceMeanGradient.self,
    ReluGradient.self,
    SigmoidGradient.self,
    SliceGradient.self,
    SoftmaxGradient.self,
    SubGradient.self,
    TanhGradient.self,
    TransposeGradient.self,
  ])
}
