/// An operator without attributes.
public protocol PlainOperator: Operator {
  init()
}

extension PlainOperator {
  public init(_ attributes: inout Attributes) throws(OperatorError) { self.init() }
}
