import TLCCore
import TLCImport
import TLCRecordedModels
import Testing

/// What has no definition here is refused by name, with what to do; nothing of it is run.
@Suite struct KerasRefusalTests {
  @Test(arguments: ["lambda.h5", "lambda.keras"])
  func `a layer of Python code is refused, and tells what to do`(file: String) throws {
    let model = try KerasLayerTests.model(file)
    #expect(
      throws: LoweringError.unknownLayer(
        name: "code", className: "Lambda",
        advice: "its code is never run; name operators to take instead, such as"
          + " --map code=LeakyRelu(alpha=0.1)")
    ) { try model.graph() }
  }

  @Test func `what is named takes the place of the layer`() throws {
    let model = try KerasLayerTests.model("lambda.keras")
    let input = try #require(model.recorded("input").first)
    func outputs(_ operators: String) throws -> [Float] {
      let graph = try model.graph(["code": operators])
      let inputs = model.inputs(of: graph)
      return try graph.evaluate(inputs, initializer: model.checkpoint.load)[0].elements(
        of: Float.self)
    }
    let numbers = input.elements(of: Float.self)
    #expect(try outputs("Identity") == numbers)
    #expect(try outputs("Relu") == numbers.map { max($0, 0) })
    #expect(
      try outputs("LeakyRelu(alpha=0.25) | Clip(max=0.5)")
        == numbers.map { min($0 < 0 ? $0 * 0.25 : $0, 0.5) })
    #expect(try outputs("Clip(min=-0.5,max=0.5)") == numbers.map { min(max($0, -0.5), 0.5) })
  }

  private static let dense = #"""
    {"class_name":"Dense","config":{"name":"d","units":2,"activation":"<lambda>"}}
    """#
  private static let weights = [
    (
      name: "d",
      weights: [
        Tensor([1, 0, 0, 1] as [Float], shape: Shape([2, 2]) ?? .scalar),
        Tensor([0, 0] as [Float], shape: Shape([2]) ?? .scalar),
      ]
    )
  ]

  @Test func `an activation without a name is refused, and can be named by its layer or itself`()
    throws
  {
    let model = MadeKerasModel.sequential(input: "2", [Self.dense], Self.weights)
    #expect(
      model.refusal()
        == "layer \"d\" is a Dense with the activation \"<lambda>\", which has no definition here;"
        + " its code is never run; name operators to take instead, such as"
        + " --map d=LeakyRelu(alpha=0.1), or --map '<lambda>=…' for every activation of the name")
    let input = Tensor([-2, 30] as [Float], shape: try #require(Shape([1, 2])))
    for name in ["d", "<lambda>"] {
      let output = try model.outputs([input], [name: "LeakyRelu(alpha=0.5)|Clip(max=20)"])
      #expect(output[0].elements(of: Float.self) == [-1, 20])
    }
  }

  @Test(arguments: [
    (
      "Relu6",
      "what is to be taken for \"d\": \"Relu6\" is not the name of an operator; there are Abs, Add,"
        + " Celu, Clip, Div, Elu, Erf, Exp, Gelu, HardSigmoid, HardSwish, Identity, LeakyRelu, Log,"
        + " LogSoftmax, Mish, Mul, Neg, Pow, Relu, Selu, Sigmoid, Softmax, Softplus, Softsign, Sqrt,"
        + " Sub, Swish, Tanh, ThresholdedRelu"
    ),
    (
      "LeakyRelu(alpha=a)",
      "what is to be taken for \"d\": \"alpha=a\" is not a name, \"=\" and a number"
    ),
    (
      "LeakyRelu(alpha=0.1",
      "what is to be taken for \"d\": \"LeakyRelu(alpha=0.1\" does not end with \")\""
    ),
    (
      "LeakyRelu(beta=1)",
      "what is to be taken for \"d\": LeakyRelu takes alpha once, not \"beta\""
    ),
    (
      "Relu(alpha=1)",
      "what is to be taken for \"d\": Relu takes no number, and \"alpha\" is given"
    ),
    ("Mul", "what is to be taken for \"d\": Mul needs a value"),
    (
      "Clip(max=1,max=2)", "what is to be taken for \"d\": Clip takes max and min once, not \"max\""
    ),
    (
      "Clip(max=inf)",
      "what is to be taken for \"d\": \"max=inf\" is not a name, \"=\" and a number"
    ),
  ])
  func `what names no operators is refused`(text: String, sentence: String) {
    let model = MadeKerasModel.sequential(input: "2", [Self.dense], Self.weights)
    #expect(model.refusal(["d": text]) == sentence)
  }

  @Test func `a name that no layer has is refused`() {
    let model = MadeKerasModel.sequential(input: "2", [Self.dense], Self.weights)
    #expect(
      model.refusal(["d": "Relu", "e": "Relu"])
        == "what is to be taken for \"e\": no layer or activation has this name")
  }

  @Test(arguments: [
    (
      #"{"class_name":"Spline","config":{"name":"s"}}"#,
      "layer \"s\" is a Spline, which has no definition here; its code is never run; name operators"
        + " to take instead, such as --map s=LeakyRelu(alpha=0.1)"
    ),
    (
      #"{"class_name":"Dense","registered_name":"Mine>Dense","config":{"name":"s","units":2}}"#,
      "layer \"s\" is a Mine>Dense, which has no definition here; its code is never run; name"
        + " operators to take instead, such as --map s=LeakyRelu(alpha=0.1)"
    ),
    (
      #"{"class_name":"LSTM","config":{"name":"s","units":2,"activation":"gelu"}}"#,
      "layer \"s\": it has an activation that ONNX's LSTM does not have"
    ),
    (
      #"{"class_name":"Dense","config":{"name":"s","units":2}}"#,
      "layer \"s\": the file lists 0 weights for it, and its configuration has 2"
    ),
    (
      #"{"class_name":"Reshape","config":{"name":"s","target_shape":[2,-2]}}"#,
      "layer \"s\": \"target_shape\" is not up to 7 lengths, or −1 for one"
    ),
    (
      #"{"class_name":"Permute","config":{"name":"s","dims":[1,1]}}"#,
      "layer \"s\": [0, 1, 1] is no order of the axes of f32 [batch, 3, 2]"
    ),
    (
      #"{"class_name":"TFOpLambda","config":{"name":"s","function":"linalg.svd"}}"#,
      "layer \"s\" is a TFOpLambda of the function \"svd\", which has no definition here; its code is"
        + " never run; name operators to take instead, such as --map s=LeakyRelu(alpha=0.1)"
    ),
    (
      #"{"class_name":"UpSampling1D","config":{"name":"s","size":0}}"#,
      "layer \"s\": \"size\" is 0, not 1 integers from 1 on"
    ),
  ])
  func `says which layer is not lowered, and why`(layer: String, sentence: String) throws {
    var weights: [(name: String, weights: [Tensor])] = []
    if layer.contains("LSTM") {
      weights = [
        (
          "s",
          [
            Tensor([Float](repeating: 0, count: 16), shape: try #require(Shape([2, 8]))),
            Tensor([Float](repeating: 0, count: 16), shape: try #require(Shape([2, 8]))),
            Tensor([Float](repeating: 0, count: 8), shape: try #require(Shape([8]))),
          ]
        )
      ]
    }
    #expect(MadeKerasModel.sequential(input: "3,2", [layer], weights).refusal() == sentence)
  }
}
