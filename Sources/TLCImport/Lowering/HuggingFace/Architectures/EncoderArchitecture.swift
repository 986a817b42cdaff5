internal import TLCModel

/// A family of encoders of transformers.
///
/// To add one, write a file in `Architectures/` with a type that conforms, and name it in
/// ``EncoderArchitectures/all``.
protocol EncoderArchitecture: Sendable {
  /// What `model_type` may be.
  static var modelTypes: [String] { get }
  /// What the names of its classes start with: `Bert` of `BertForMaskedLM`.
  static var classNames: [String] { get }
  /// The level that heads put before the names of the encoder's tensors.
  static var base: String { get }
  /// The layer of `pooler_output`, under the base; `nil` where the family has none.
  static var pooler: String? { get }
  /// What can stand on the encoder.
  static var heads: [EncoderHead] { get }

  /// Adds the encoder.
  ///
  /// - Returns: the states of the last layer, `last_hidden_state`, and their width.
  static func addEncoder(
    to graph: inout EncoderGraph
  ) throws(LoweringError) -> (states: GraphBuilder.Value, width: Int)
}

/// The families that there are.
enum EncoderArchitectures {
  static let all: [any EncoderArchitecture.Type] = [
    Albert.self,
    Bert.self,
    DistilBert.self,
    Electra.self,
    MPNet.self,
    Roberta.self,
  ]
}
