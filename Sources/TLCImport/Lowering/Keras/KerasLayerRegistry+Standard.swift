extension KerasLayerRegistry {
  /// Every class of layers that has a definition here.
  static let standard = KerasLayerRegistry([
    KerasActivationLayer.self,
    KerasConcatenate.self,
    KerasDense.self,
    KerasEinsumDense.self,
    KerasEmbedding.self,
    KerasIdentity.self,
    KerasMasking.self,
    KerasMerge.self,
    KerasModel.self,
    KerasOperation.self,
    KerasPReLU.self,
    KerasPermute.self,
    KerasReLU.self,
    KerasRepeatVector.self,
    KerasRescaling.self,
    KerasReshape.self,
    KerasSoftmax.self,
  ])
}
