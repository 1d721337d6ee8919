import Graphs
internal import Archives
internal import Canonical
internal import Events
internal import Models
internal import Studies
internal import Engine

/// The complete state of a run after a step, and its conversion to and from an archive. It determines every later bit.
struct Checkpoint {
    let step: Int
    /// The best value of each metric so far and the step at which it was measured.
    let metrics: [String: RunEvent.Best]

    /// - Parameter program: provides the number of updates of each update group
    func archive(of store: TensorStore, specification: Specification, program: TrainingProgram) -> Archive {
        var entries = store.names.map { ArrayEntry(name: $0, shape: store.shape(of: $0)!.extents, elements: .float32(store[$0])) }
        var counters: [(String, Int)] = program.updates(through: step).map { ("updates/\($0.group)", $0.count) }
        counters += [
            // Streams are functions of (seed, name, step), so their position is the next step's number; for the data order, that of the next example.
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

    /// SHA-256 of the names and digests of the networks' tensors: equal for two runs that learned the same, whatever their specifications. Optimizer state and counters are
    /// left out.
    static func weights(of archive: Archive) -> String {
        let others = ["updates/", "streams/", "adam/", "rmsprop/"]
        let tensors = (archive.manifest["tensors"]?.objectValue ?? [:]).filter { name, _ in !others.contains { name.hasPrefix($0) } }
        return JSONValue.object(tensors.compactMapValues { $0["digest"] }).digest.hex
    }

    /// Writes an archive's tensors into a store that was initialized for the same specification.
    /// - Errors: `TrainingError.checkpointMismatch` if the archive has another specification or lacks a tensor; the store is then unchanged
    static func restore(_ archive: Archive, into store: TensorStore, specification: Specification) throws(TrainingError) -> Checkpoint {
        guard archive.manifest["specification"]?.canonicalText == specification.json.canonicalText else {
            throw .checkpointMismatch("it was written for another specification")
        }
        guard let step = archive.manifest["step"]?.integerValue.flatMap({ Int(exactly: $0) }), 0...specification.steps ~= step,
            let members = archive.manifest["metrics"]?.objectValue else {
            throw .checkpointMismatch("its manifest lacks metrics or has no step in 0...\(specification.steps)")
        }
        let metrics = members.compactMapValues(RunEvent.Best.init(reading:))
        guard metrics.count == members.count else { throw .checkpointMismatch("a best value in its manifest lacks its value or step") }
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
