import TLCCompress
import TLCCore

extension Tensor {
  /// The index of the first element that is NaN or infinite.
  var firstNonFiniteIndex: Int? {
    func find<Element: FloatingTensorElement>(_: Element.Type) -> Int? {
      withElements(of: Element.self) { elements in
        elements.indices.first { !elements[$0].double.isFinite }
      }
    }
    guard let type = dtype.floatingElementType else { return nil }
    return dtype == .f32 ? find(Float.self) : find(type)
  }

  /// The index of the first element that is 0 here and is not in a tensor of the same type and shape.
  func firstIndexOfLostZero(in other: Tensor) -> Int? {
    func find<Element: FloatingTensorElement>(_: Element.Type) -> Int? {
      withElements(of: Element.self) { elements in
        other.withElements(of: Element.self) { others in
          elements.indices.first { elements[$0].double == 0 && others[$0].double != 0 }
        }
      }
    }
    guard let type = dtype.floatingElementType else { return nil }
    return dtype == .f32 ? find(Float.self) : find(type)
  }
}
