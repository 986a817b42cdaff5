import TLCCore
import TLCFormat
import TLCImport
import TLCModel

/// What a conversion knows of the computation that its tensors are for.
struct ConvertedModel {
  var probing: ModelProbing?
  /// What the user should know.
  var notes: [String] = []
}

extension Conversion {
  /// Lowers the configuration of a source, if that is asked for and can be done.
  ///
  /// - Throws: ``ConversionError/noGraph(_:)`` where a graph is required.
  func model(of checkpoint: ImportedCheckpoint) throws -> ConvertedModel {
    var model = ConvertedModel()
    guard wantsGraph != false else { return model }
    var options = LoweringOptions()
    options.substitutions = recipe.substitutions
    var why = "the source has no configuration of a kind that is lowered"
    do {
      if let graph = try checkpoint.graph ?? lowerings.graph(of: checkpoint, options) {
        model.probing = try ModelProbing(
          graph, of: checkpoint, ways: probedWays, parallelism: parallelism)
        return model
      }
    } catch let error as LoweringError {
      why = "\(error)"
      model.notes.append("there is no graph, and all tensors are stored: \(error)")
    } catch let error as GraphError {
      why = "\(error)"
      model.notes.append("there is no graph, and all tensors are stored: \(error)")
    }
    if wantsGraph == true { throw ConversionError.noGraph(why) }
    return model
  }

  /// Writes the graph and its probes, if there are any.
  func writeModel(
    _ model: ConvertedModel, to writer: CheckpointSetWriter, _ report: inout ConversionReport
  ) throws {
    guard let probing = model.probing else { return }
    writer.setGraph(Array(probing.graph.graph.json.json.utf8))
    for probe in try probing.probes() {
      report.outputs += probe.outputs.map { ($0.name, probe.compute, $0.certificate) }
      writer.append(probe)
    }
  }
}

extension ModelProbing {
  /// Runs the graph with the source's tensors, as the conversion asks.
  mutating func run(
    _ conversion: Conversion, _ checkpoint: ImportedCheckpoint, notes: inout [String]
  ) throws {
    guard conversion.recordsProbes else { return }
    if let path = conversion.samples {
      try runSource(checkpoint, samples: try samples(path, conversion.importers))
    } else if try !runSource(checkpoint, seed: conversion.recipe.seed) {
      notes.append(
        "no run is recorded: no inputs were found that the graph runs with; give some with --probe")
    }
  }

  /// The user's inputs, by name.
  private func samples(
    _ path: String, _ importers: ImporterRegistry
  ) throws -> [String: Tensor] {
    let file = try importers.open(path)
    var samples: [String: Tensor] = [:]
    for input in graph.graph.inputs {
      guard let tensor = file.tensors.first(where: { $0.name.equalsInUTF8(input.name) }) else {
        throw ConversionError.samples(path: path, "it has no tensor \"\(input.name)\"")
      }
      guard tensor.dtype == input.type.dtype else {
        throw ConversionError.samples(
          path: path, "\"\(input.name)\" is \(tensor.dtype), and the graph takes \(input.type)")
      }
      samples[input.name] = try tensor.load()
    }
    do throws(GraphError) {
      _ = try graph.specialized(to: samples.mapValues { $0.shape })
    } catch { throw ConversionError.samples(path: path, "\(error)") }
    return samples
  }
}
