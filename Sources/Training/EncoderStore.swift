internal import Archives
internal import Canonical
internal import Datasets
internal import Models
internal import Graphs
internal import Engine

/// The feature extractors of a storage folder. Each is trained once, on first use, and stored under the digest of its specification. Its weights
/// are an archive, whose digest is the extractor's.
struct EncoderStore {
    let folder: String
    let datasets: DatasetStore

    /// - Parameter progress: called during training with the completed fraction
    /// - Errors: of files, data sets, and archives; `TrainingError.unlabeled`
    func encoder(_ specification: EncoderSpecification, device: CPUDevice, progress: (Double) throws -> Void) throws -> Encoder {
        try FileSystem.makeFolder(folder)
        let path = "\(folder)/\(specification.digest.hex).npz"
        // An untrained extractor has no classes; its network uses the minimum of two.
        let classes = specification.encoder == EncoderSpecification.untrained ? 2 : try datasets.description(named: specification.dataset).classes
        let classifier = try Classifier(
            height: specification.shape.height, width: specification.shape.width, channels: specification.shape.channels, classes: classes,
            batchSize: specification.batchSize, architecture: specification.architecture)
        if let archive = sound(path, specification) { return encoder(specification, archive, classifier, device) }
        // One process trains; the others wait for its file.
        let lock = try FileLock.wait(for: "\(path).lock")
        defer { withExtendedLifetime(lock) {} }
        try AtomicFile.removeLeftovers(in: folder, of: "\(specification.digest.hex).npz")
        if let archive = sound(path, specification) { return encoder(specification, archive, classifier, device) }
        let archive = specification.encoder == EncoderSpecification.untrained
            ? first(specification, classifier) : try train(specification, classifier, device, progress)
        try archive.writeVerified(to: path)
        return encoder(specification, archive, classifier, device)
    }

    /// The archive at a path; nil if it is missing or damaged, in which case it is recreated.
    private func sound(_ path: String, _ specification: EncoderSpecification) -> Archive? {
        guard FileSystem.exists(path), let archive = try? Archive.read(path),
            archive.manifest["specification"]?.canonicalText == specification.json.canonicalText
        else { return nil }
        return archive
    }

    private func encoder(_ specification: EncoderSpecification, _ archive: Archive, _ classifier: Classifier, _ device: CPUDevice) -> Encoder {
        let store = TensorStore()
        for entry in archive.entries {
            guard case .float32(let values) = entry.elements else { continue }
            store.create(entry.name, Shape(entry.shape))
            store[entry.name] = values
        }
        return Encoder(
            name: specification.name, digest: archive.digest, accuracy: archive.manifest["accuracy"]?.numberValue ?? 0, classifier: classifier,
            store: store, device: device, knowsClasses: specification.encoder != EncoderSpecification.untrained)
    }

    /// The initial weights of the network.
    private func first(_ specification: EncoderSpecification, _ classifier: Classifier) -> Archive {
        let store = TensorStore()
        classifier.initialize(store, seed: specification.seed)
        return Archive(
            entries: entries(classifier, store),
            manifest: [
                "kind": "encoder", "specification": specification.json, "numerics": .integer(Int64(Version.numerics)),
                "program": .string(Version.program), "step": 0,
            ])
    }

    private func entries(_ classifier: Classifier, _ store: TensorStore) -> [ArrayEntry] {
        classifier.parameters.map { ArrayEntry(name: $0.name, shape: $0.shape.extents, elements: .float32(store[$0.name])) }
    }

    private func train(_ specification: EncoderSpecification, _ classifier: Classifier, _ device: CPUDevice, _ progress: (Double) throws -> Void) throws -> Archive {
        let dataset = try datasets.load(specification.dataset)
        let train = try dataset.split("train")
        guard train.labels != nil else { throw TrainingError.unlabeled(dataset: specification.dataset) }
        let store = TensorStore()
        classifier.initialize(store, seed: specification.seed)
        let session = Session(classifier.training, store: store, device: device, seed: specification.seed)
        var order = DataOrder(images: train.count, batchSize: specification.batchSize, seed: specification.seed)
        for step in 1...specification.steps {
            let indices = order.indices(step: step)
            session.setInput("images", train.images(at: indices))
            session.setInput("labels", oneHot(train.labels(at: indices), classes: classifier.classes))
            session.setInput("rate", classifier.optimizer.correctedRate(learningRate: specification.learningRate, update: step))
            session.run(step: UInt64(step))
            if step % 10 == 0 { try progress(Double(step) / Double(specification.steps)) }
        }
        let measured = accuracySplit(of: dataset, train)
        var manifest: [String: JSONValue] = [
            "kind": "encoder", "specification": specification.json, "numerics": .integer(Int64(Version.numerics)),
            "program": .string(Version.program), "step": .integer(Int64(specification.steps)),
            "accuracy": .number(accuracy(classifier, store, device, measured)),
        ]
        // Omitted in the usual case, so that the digests of existing extractors stay the same.
        if measured.name != "test" { manifest["accuracy_split"] = .string(measured.name) }
        return Archive(entries: entries(classifier, store), manifest: manifest)
    }

    /// The split on which accuracy is measured: "test"; if that is missing or empty, the first other split that was not used for
    /// training; otherwise the training split itself. A function of the data set only.
    private func accuracySplit(of dataset: ImageDataset, _ train: DatasetSplit) -> DatasetSplit {
        let heldOut = dataset.splits.filter { $0.name != train.name && $0.count > 0 }
        return heldOut.first { $0.name == "test" } ?? heldOut.first ?? train
    }

    private func oneHot(_ labels: [UInt8], classes: Int) -> [Float] {
        var rows = [Float](repeating: 0, count: labels.count * classes)
        for (row, label) in labels.enumerated() { rows[row * classes + Int(label)] = 1 }
        return rows
    }

    /// Accuracy over the full batches of a split, or over all of its images if they do not fill one batch.
    private func accuracy(_ classifier: Classifier, _ store: TensorStore, _ device: CPUDevice, _ split: DatasetSplit) -> Double {
        let session = Session(classifier.logits, store: store, device: device, seed: 0)
        var hits = 0
        let whole = split.count / classifier.batchSize * classifier.batchSize
        let measured = whole > 0 ? whole : split.count
        for start in stride(from: 0, to: measured, by: classifier.batchSize) {
            let range = start..<Swift.min(start + classifier.batchSize, measured)
            let images = split.images(at: range)
            let missing = (classifier.batchSize - range.count) * split.shape.elements
            session.setInput("images", images + [Float](repeating: 0, count: missing))
            session.run(step: 0)
            let logits = session.output("logits")
            for (row, label) in split.labels(at: range).enumerated() {
                let scores = logits[(row * classifier.classes)..<((row + 1) * classifier.classes)]
                let best = scores.indices.max { scores[$0] < scores[$1] }!
                if best - row * classifier.classes == Int(label) { hits += 1 }
            }
        }
        return Double(hits) / Double(measured)
    }
}
