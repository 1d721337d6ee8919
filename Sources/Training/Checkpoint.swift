import Graphs
internal import Archives
internal import Canonical
internal import Events
internal import Models
internal import Studies
internal import Engine

/// All state of a run at a step, as an archive and back. What is in it determines every later bit.
struct Checkpoint {
    let step: Int
    /// The best value of each metric so far and the step it was reached at.
    let metrics: [String: RunEvent.Best]

    /// - Parameter program: tells how many updates each group of variables has had.
    func archive(of store: TensorStore, specification: Specification, program: TrainingProgram) -> Archive {
        var entries = store.names.map { ArrayEntry(name: $0, shape: store.shape(of: $0)!.extents, elements: .float32(store[$0])) }
        var counters: [(String, Int)] = program.updates(through: step).map { ("updates/\($0.group)", $0.count) }
        counters += [
            // Streams are functions of (seed, name, step): their position is the next step's number, and for the data the next image's.
            ("streams/latents", step + 1), ("streams/data/order", step * specification.batchSize),
        ]
        entries += counters.map { ArrayEntry(name: $0.0, shape: [1], elements: .int64([Int64($0.1)])) }
        return Archive(
            entries: entries,
            manifest: [
                "kind": "checkpoint", "specification": specification.json, "numerics": .integer(Int64(specification.numerics)),
                "program": .string(Version.program), "step": .integer(Int64(step)), "metrics": .object(metrics.mapValues(\.json)),
            ])
    }

    /// Writes an archive's tensors into a store that has been initialized for the same specification.
    /// - Errors: `TrainingError.checkpointMismatch` where the archive belongs to another specification or lacks a tensor; the store is then unchanged.
    static func restore(_ archive: Archive, into store: TensorStore, specification: Specification) throws(TrainingError) -> Checkpoint {
        guard archive.manifest["specification"]?.canonicalText == specification.json.canonicalText else {
            throw .checkpointMismatch("it belongs to another specification")
        }
        guard let step = archive.manifest["step"]?.integerValue.flatMap({ Int(exactly: $0) }), 0...specification.steps ~= step,
            let members = archive.manifest["metrics"]?.objectValue else {
            throw .checkpointMismatch("its manifest lacks the metrics, or a step in 0...\(specification.steps)")
        }
        let metrics = members.compactMapValues(RunEvent.Best.init(reading:))
        guard metrics.count == members.count else { throw .checkpointMismatch("its manifest has a best value of a metric without value or step") }
        var values: [(String, [Float])] = []
        for name in store.names {
            guard let entry = archive.entries.first(where: { $0.name == name }), case .float32(let numbers) = entry.elements,
                entry.shape == store.shape(of: name)!.extents
            else { throw .checkpointMismatch("the tensor \(name) is missing or has another shape") }
            values.append((name, numbers))
        }
        for (name, numbers) in values { store[name] = numbers }
        return Checkpoint(step: step, metrics: metrics)
    }
}
