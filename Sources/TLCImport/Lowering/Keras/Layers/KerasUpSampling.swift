internal import TLCCore
internal import TLCModel

/// Layers that bring images to another size: by whole factors, or to one that is given.
struct KerasUpSampling: KerasLayer {
  static let classNames = ["Resizing", "UpSampling1D", "UpSampling2D", "UpSampling3D"]
  private enum Target {
    case factors([Int])
    case lengths([Int])
  }
  private let target: Target
  private let channelsAreLast: Bool
  private let isNearest: Bool

  init(_ fields: KerasFields, _ context: KerasContext) throws(LoweringError) {
    channelsAreLast = try fields.channelsAreLast()
    if fields.className == "Resizing" {
      target = .lengths([try fields.integer("height"), try fields.integer("width")])
      for key in ["crop_to_aspect_ratio", "pad_to_aspect_ratio", "antialias"] {
        guard try !fields.flag(key, default: false) else {
          throw fields.malformed("\"\(key)\" is true, which has no definition here")
        }
      }
    } else {
      let count = KerasWindow.axisCount(fields.className)
      target = .factors(try fields.perAxis("size", "length", count: count, default: 2))
    }
    let standard = fields.className == "Resizing" ? "bilinear" : "nearest"
    switch try fields.text("interpolation", default: standard) {
    case "nearest": isNearest = true
    case "bilinear": isNearest = false
    case let word:
      throw fields.malformed("\"interpolation\" is \"\(word)\", not \"nearest\" or \"bilinear\"")
    }
  }

  func lower(
    _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> [KerasTensor] {
    let input = try call.input().value
    let value = try builder.channelsFirst(input, from: channelsAreLast)
    let type = builder.type(value)
    var attributes: [String: Attribute] = [
      "coordinate_transformation_mode": .string("half_pixel"),
      "mode": .string(isNearest ? "nearest" : "linear"),
    ]
    if isNearest { attributes["nearest_mode"] = .string("round_prefer_ceil") }
    var inputs: [GraphBuilder.Value?] = [value, nil]
    let count: Int
    switch target {
    case .factors(let factors):
      count = factors.count
      guard let shape = Shape([count + 2]) else { throw call.malformed("it has too many axes") }
      let scales = [1, 1] + factors.map { Float($0) }
      inputs.append(try builder.constant(scales, shape: shape, .f32))
    case .lengths(let lengths):
      count = lengths.count
      attributes["axes"] = .ints([2, 3])
      inputs += [nil, try builder.constant(lengths)]
    }
    guard type.rank == count + 2 else {
      throw call.malformed("its input is \(type), which has not \(count) axes of an image")
    }
    let result = try builder.add("Resize", inputs, attributes)
    return [KerasTensor(try builder.channels(result, to: channelsAreLast))]
  }
}
