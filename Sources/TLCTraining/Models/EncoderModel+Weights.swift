extension EncoderModel {
  /// How a weight starts.
  enum Start {
    case drawn, zeros, ones
  }

  /// A weight: its name, its shape, and how it starts.
  struct Weight {
    var name: String
    var lengths: [Int]
    var start: Start
  }

  /// Every weight, in the order of the graph.
  var weights: [Weight] {
    var list = WeightList(shape: shape)
    if case .decoder(let depth) = head {
      list.addTranslator(decoderDepth: depth)
      return list.weights
    }
    let embeddings = "\(Self.prefix)embeddings"
    list.addTable("\(embeddings).word_embeddings", shape.vocabularyCount)
    if shape.positions == .learned {
      list.addTable("\(embeddings).position_embeddings", shape.positionCount)
    }
    list.addTable("\(embeddings).token_type_embeddings", 1)
    list.addNorm("\(embeddings).LayerNorm")
    for layer in 0..<shape.depth {
      let name = "\(Self.prefix)encoder.layer.\(layer)"
      list.addAttention(AttentionNames(robertaLayer: name))
      list.addFeedForward(FeedForwardNames(robertaLayer: name))
    }
    list.addNorm("\(Self.prefix)LayerNorm")
    switch head {
    case .maskedTokens:
      list.addLinear("lm_head.dense", shape.width, shape.width)
      list.addNorm("lm_head.layer_norm")
      list.add("lm_head.bias", [shape.vocabularyCount], .zeros)
    case .classes(let count):
      list.addLinear("classifier.dense", shape.width, shape.width)
      list.addLinear("classifier.out_proj", shape.width, count)
    case .decoder: break
    }
    return list.weights
  }
}

/// Weights while they are listed.
private struct WeightList {
  let shape: EncoderShape
  private(set) var weights: [EncoderModel.Weight] = []

  init(shape: EncoderShape) { self.shape = shape }

  mutating func add(_ name: String, _ lengths: [Int], _ start: EncoderModel.Start) {
    weights.append(.init(name: name, lengths: lengths, start: start))
  }

  mutating func addLinear(_ name: String, _ inner: Int, _ outer: Int) {
    add("\(name).weight", [outer, inner], .drawn)
    add("\(name).bias", [outer], .zeros)
  }

  mutating func addNorm(_ name: String) {
    add("\(name).weight", [shape.width], .ones)
    add("\(name).bias", [shape.width], .zeros)
  }

  mutating func addTable(_ name: String, _ count: Int) {
    add("\(name).weight", [count, shape.width], .drawn)
  }

  mutating func addAttention(_ names: AttentionNames) {
    addNorm(names.norm)
    for name in [names.query, names.key, names.value, names.output] {
      addLinear(name, shape.width, shape.width)
    }
  }

  mutating func addFeedForward(_ names: FeedForwardNames) {
    addNorm(names.norm)
    addLinear(names.inner, shape.width, shape.innerWidth)
    addLinear(names.outer, shape.innerWidth, shape.width)
  }

  mutating func addTranslator(decoderDepth: Int) {
    add(EncoderModel.sharedTable, [shape.vocabularyCount, shape.width], .drawn)
    for (side, depth) in [(EncoderModel.Side.encoder, shape.depth), (.decoder, decoderDepth)] {
      let positions = shape.sequenceCount + EncoderModel.positionOffset
      addTable("\(side.prefix).embed_positions", positions)
      addNorm("\(side.prefix).layernorm_embedding")
      for place in 0..<depth {
        addAttention(AttentionNames(mbartLayer: side.layer(place), "self_attn"))
        if side == .decoder {
          addAttention(AttentionNames(mbartLayer: side.layer(place), "encoder_attn"))
        }
        addFeedForward(FeedForwardNames(mbartLayer: side.layer(place)))
      }
      addNorm("\(side.prefix).layer_norm")
    }
  }
}
