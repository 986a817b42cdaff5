internal import TLCCore

/// How the places of an output along an axis are made of places of an input: `formats/graph.md`
/// §Numbers.
struct ResizeAxis {
  /// How a place of the output is one of the input.
  enum Coordinates: String, CaseIterable {
    case halfPixel = "half_pixel"
    case symmetric = "half_pixel_symmetric"
    case pytorch = "pytorch_half_pixel"
    case corners = "align_corners"
    case asymmetric = "asymmetric"
    case crop = "tf_crop_and_resize"
  }

  enum Mode: String, CaseIterable {
    case nearest
    case linear
  }

  enum Rounding: String, CaseIterable {
    case preferFloor = "round_prefer_floor"
    case preferCeil = "round_prefer_ceil"
    case floor
    case ceil
  }

  var input: Int
  var output: Int
  var scale: Double
  var coordinates: Coordinates
  /// The part of the input that is seen, from 0 to 1.
  var region: (start: Double, end: Double) = (0, 1)

  /// Whether every place is its own.
  var isIdentity: Bool { input == output && scale == 1 && coordinates != .crop }

  /// The place in the input of one of the output; `nil` where it is beyond the part that is seen.
  func place(of x: Int) -> Double? {
    let x = Double(x)
    let (length, whole) = (Double(input), scale * Double(input))
    switch coordinates {
    case .asymmetric: return x / scale
    case .halfPixel: return (x + 0.5) / scale - 0.5
    case .pytorch: return whole == 1 ? -0.5 : (x + 0.5) / scale - 0.5
    case .corners: return whole == 1 ? 0 : x * (length - 1) / (whole - 1)
    case .symmetric:
      let offset = length / 2 * (1 - Double(output) / whole)
      return offset + (x + 0.5) / scale - 0.5
    case .crop:
      let (start, seen) = (region.start, region.end - region.start)
      let inner = whole == 1 ? seen * (length - 1) / 2 : x * seen * (length - 1) / (whole - 1)
      let place = inner + start * (length - 1)
      return place < 0 || place > length - 1 ? nil : place
    }
  }

  /// A place of the input and what its element is multiplied by.
  struct Term {
    var place: Int
    var weight: Float
  }

  /// The place nearest to one of the output; `nil` where it is beyond what is seen.
  func nearest(_ x: Int, _ rounding: Rounding) -> Int? {
    guard let place = place(of: x), place.isFinite else { return nil }
    let whole: Double
    switch rounding {
    case .floor: whole = place.rounded(.down)
    case .ceil: whole = place.rounded(.up)
    case .preferFloor: whole = (place - 0.5).rounded(.up)
    case .preferCeil: whole = (place + 0.5).rounded(.down)
    }
    return clamped(whole)
  }

  /// The terms of a linear interpolation, those of weight 0 left out; `nil` where the place is beyond
  /// what is seen.
  ///
  /// - Parameter isSmoothed: whether more elements have a part where the output is shorter.
  func linear(_ x: Int, isSmoothed: Bool, leavesOutside: Bool) -> [Term]? {
    guard let place = place(of: x), place.isFinite else { return nil }
    let floor = place.rounded(.down)
    let scale = isSmoothed ? min(scale, 1) : 1
    let reach = (1 / scale).rounded(.up)
    var weights: [(place: Double, weight: Double)] = []
    var sum = 0.0
    // What is farther away than the input is long has a part in none of it but its ends.
    var neighbour = max(floor - reach, -reach - 1)
    while neighbour <= min(floor + reach + 1, Double(input) + reach) {
      let weight = 1 - abs((neighbour - place) * scale)
      let isOutside = neighbour < 0 || neighbour > Double(input - 1)
      if weight > 0, !(isOutside && leavesOutside) {
        weights.append((neighbour, weight))
        sum += weight
      }
      neighbour += 1
    }
    guard sum > 0 else { return [Term(place: clamped(floor), weight: 1)] }
    return weights.map { Term(place: clamped($0.place), weight: Float($0.weight / sum)) }
  }

  private func clamped(_ place: Double) -> Int {
    place <= 0 ? 0 : place >= Double(input - 1) ? input - 1 : Int(place)
  }
}
