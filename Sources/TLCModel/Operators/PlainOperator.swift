/// An operator without attributes.
public protocol PlainOperator: Operator {
  /// There is nothing to say of it.
  init()
}

extension PlainOperator {
  public init(_ attributes: inout Attributes) throws(OperatorError) { self.init() }
}
