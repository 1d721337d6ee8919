internal import Archives
public import Canonical
internal import Codecs
internal import Datasets
internal import Graphs
public import Models
internal import Studies
internal import Numerics
internal import Engine
internal import Extractors

/// Generates the files of `Export` from a storage folder. It writes there only what training would write too: generated data sets and feature extractors.
public struct ExportMaker: Sendable {
    /// Maximum size of the arrays in one file, in bytes.
    public static let mostBytes = 1 << 30

    let storage: String
    let threads: Int
    let models: [any StudyModel]

    /// Creates a maker.
    /// - Parameter models: the models that specifications may name
    public init(storage: String, threads: Int, models: [any StudyModel] = ModelCatalog.all) {
        (self.storage, self.threads, self.models) = (storage, threads, models)
    }

    /// Generates the file of an export at `path`, atomically.
    /// - Errors: `ExportError`, `FieldError`, `TrainingError`, and errors of files, data sets, and archives
    public func make(_ export: Export, to path: String) throws {
        switch export {
        case .samples(let checkpoint, let range): try samples(of: generator(checkpoint), range, from: checkpoint.hex).write(to: path, threads: threads)
        case .picture(let checkpoint, let range): try picture(of: generator(checkpoint), range, to: path)
        case .grid(let checkpoint): try grid(of: generator(checkpoint), to: path)
        case .pictures(let checkpoint, let range): try pictures(of: generator(checkpoint), range, from: checkpoint.hex, to: path)
        case .latents(let checkpoint, let request): try latents(of: generator(checkpoint), request, to: path)
        case .neighbors(let checkpoint, let request): try AtomicFile.write(Array(neighbors(of: generator(checkpoint), request, from: checkpoint.hex).canonicalText.utf8), to: path)
        case .neighborPicture(let checkpoint, let request): try AtomicFile.write(neighborPicture(of: generator(checkpoint), request), to: path)
        case .examples(let name, let digest, let split, let start, let count): try examples(name, digest, split: split, start: start, count: count, to: path)
        case .features(let checkpoint, let range): try features(of: generator(checkpoint), range, from: checkpoint.hex).write(to: path, threads: threads)
        case .checkpoint(let digest): try ArchiveStore(root: "\(storage)/archives").read(digest, threads: threads).write(to: path, threads: threads)
        case .initial(let specification): try initialState(specification).write(to: path, threads: threads)
        case .arrays(let name, let digest): try arrays(name, digest).write(to: path, threads: threads)
        case .content(let name, let digest): try AtomicFile.write(content(name, digest), to: path)
        case .encoder(let digest): try encoder(digest).write(to: path, threads: threads)
        case .superResolution(let checkpoint, let request): try AtomicFile.write(Array(superResolution(checkpoint, request).canonicalText.utf8), to: path)
        case .superResolutionPicture(let checkpoint, let request): try AtomicFile.write(superResolutionPicture(checkpoint, request), to: path)
        }
    }

    /// The evaluation protocols of a specification, one per metric, as canonical JSON.
    /// - Parameter encoder: name of the feature extractor that was used
    /// - Parameter digest: digest of that extractor
    /// - Errors: `FieldError` if this version cannot read the specification
    public static func protocols(of json: JSONValue, encoder: String, digest: Digest, models: [any StudyModel] = ModelCatalog.all) throws -> [JSONValue] {
        try Evaluator.protocols(of: json, encoder: encoder, digest: digest, models: models).map(\.json)
    }

    // MARK: Generators

    var datasets: DatasetStore { DatasetStore(root: "\(storage)/datasets") }
    private var device: CPUDevice { CPUDevice(threads: threads) }

    private func generator(_ checkpoint: Digest) throws -> FrozenGenerator {
        try FrozenGenerator(
            ArchiveStore(root: "\(storage)/archives").read(checkpoint, threads: threads), datasets: datasets, device: device, models: models)
    }

    private func initialState(_ specification: JSONValue) throws -> Archive {
        try FrozenGenerator(initial: specification, datasets: datasets, device: device, models: models).archive
    }

    func draw(_ generator: FrozenGenerator, _ range: SampleRange) throws -> (images: [Float], latents: [Float], conditions: [Float]) {
        let generation = generator.program.generation
        let elements = generation.images.count + (generation.latents?.dimensions ?? 0) + (generation.condition?.shape.count ?? 0)
        try check("\(range.count) samples", range.count, of: 4 * elements)
        let sampler = try generator.sampler(), stream = RandomStream(seed: 0, name: range.stream.name)
        var images: [Float] = []
        images.reserveCapacity(range.count * generation.images.count)
        sampler.images(stream: stream, start: range.start, count: range.count) { batch, _ in images += batch }
        return (images, sampler.latents(stream: stream, start: range.start, count: range.count), sampler.conditions(start: range.start, count: range.count))
    }

    private func samples(of generator: FrozenGenerator, _ range: SampleRange, from checkpoint: String) throws -> Archive {
        let drawn = try draw(generator, range), generation = generator.program.generation, shape = generation.images
        var entries = [ArrayEntry(name: "images", shape: [range.count, shape.height, shape.width, shape.channels], elements: .float32(drawn.images))]
        if let latents = generation.latents {
            entries.append(ArrayEntry(name: "latents", shape: [range.count, latents.dimensions], elements: .float32(drawn.latents)))
        }
        if let field = generation.condition {
            entries.append(ArrayEntry(name: "conditions/\(field.name)", shape: field.shape(examples: range.count).extents, elements: .float32(drawn.conditions)))
        }
        return Archive(entries: entries, manifest: manifest("samples", generator, range, checkpoint))
    }

    private func grid(of generator: FrozenGenerator, to path: String) throws {
        let isPoints = generator.description.shape == ScatterPicture.pointShape
        try picture(of: generator, SampleRange(stream: .samples, count: isPoints ? ScatterPicture.points : SampleGrid.images), to: path)
    }

    private func picture(of generator: FrozenGenerator, _ range: SampleRange, to path: String) throws {
        let isPoints = generator.description.shape == ScatterPicture.pointShape
        guard isPoints || range.count <= SampleRange.mostOfPicture else { throw ExportError.tooManyForAPicture(count: range.count) }
        let images = try draw(generator, range).images
        if isPoints {
            let background = try datasets.load(generator.description.name).split("train")
            return try AtomicFile.write(PNG.encode(ScatterPicture(background: background).image(images)), to: path)
        }
        let columns = Self.columns(range.count)
        try write(
            images, count: range.count, rows: (range.count + columns - 1) / columns, columns: columns, generator.program.generation.images, to: path)
    }

    private func features(of generator: FrozenGenerator, _ range: SampleRange, from checkpoint: String) throws -> Archive {
        let encoder = try self.encoder(of: generator)
        let images = try draw(generator, range).images
        let (features, logits) = encoder.featuresAndLogits(of: images, count: range.count)
        var entries = [ArrayEntry(name: "features", shape: [range.count, encoder.dimension], elements: .float32(features))]
        if encoder.classes > 0 { entries.append(ArrayEntry(name: "logits", shape: [range.count, encoder.classes], elements: .float32(logits))) }
        var members = manifest("features", generator, range, checkpoint)
        (members["encoder"], members["encoder_digest"]) = (.string(encoder.name), .string(encoder.digest.hex))
        return Archive(entries: entries, manifest: members)
    }

    func encoder(of generator: FrozenGenerator) throws -> Encoder {
        if generator.description.kind == .points { return Encoder(coordinates: generator.description.shape.channels) }
        return try Encoder.named(generator.specification.evaluation.encoder, for: generator.description, in: datasets, device: device).encoder
    }

    func manifest(_ kind: String, _ generator: FrozenGenerator, _ range: SampleRange, _ checkpoint: String) -> [String: JSONValue] {
        var members: [String: JSONValue] = [
            "kind": .string(kind), "checkpoint": .string(checkpoint), "step": .integer(Int64(generator.step)),
            "specification_digest": .string(generator.specification.digest.hex), "latent_stream": .string(range.stream.name),
            "start": .integer(Int64(range.start)), "numerics": .integer(Int64(Version.numerics)), "program": .string(Version.program),
        ]
        if let field = generator.program.generation.condition {
            members["condition"] = ["field": .string(field.name), "split": .string(generator.specification.evaluation.referenceSplit)]
        }
        return members
    }

    // MARK: Data sets and encoders

    func loaded(_ name: String, _ digest: Digest) throws -> ImageDataset {
        let dataset = try datasets.load(name)
        guard dataset.digest == digest else { throw TrainingError.datasetChanged(name: name, expected: digest.hex, actual: dataset.digest.hex) }
        return dataset
    }

    private func arrays(_ name: String, _ digest: Digest) throws -> Archive {
        let description = try datasets.description(named: name)
        // Coordinates of points have four bytes; pixels usually have one.
        try check("the data set \(name)", 1, of: description.storedElements * (description.kind == .points ? 4 : 1))
        let dataset = try loaded(name, digest)
        var entries: [ArrayEntry] = [], white = 1
        func append(_ name: String, _ shape: [Int], _ pixels: ImagePixels) {
            switch pixels {
            case .bytes(let values, let level):
                white = Int(level)
                entries.append(ArrayEntry(name: name, shape: shape, elements: .uint8(values)))
            case .floats(let values): entries.append(ArrayEntry(name: name, shape: shape, elements: .float32(values)))
            }
        }
        for split in dataset.splits {
            append("\(split.name)/images", Self.shape(of: split), split.windows?.pixels ?? split.pixels)
            if let partners = split.windows?.lowResolution {
                append("\(split.name)/low_resolution", Self.shape(of: partners), partners.pixels)
            } else if let partners = split.lowResolution {
                append("\(split.name)/low_resolution", Self.shape(of: partners), partners.pixels)
            }
            if let labels = split.labels { entries.append(ArrayEntry(name: "\(split.name)/labels", shape: [split.count], elements: .uint8(labels))) }
        }
        var manifest: [String: JSONValue] = [
            "kind": "dataset", "dataset": .string(name), "dataset_digest": .string(digest.hex), "white": .integer(Int64(white)),
            "classes": .integer(Int64(dataset.classes)), "splits": .array(dataset.splits.map { .string($0.name) }),
        ]
        if let kind = dataset.lowResolution { manifest["low_resolution"] = ["kernel": .string(kind.kernel.rawValue), "scale": .integer(Int64(kind.scale))] }
        if dataset.flips { manifest["flips"] = true }
        if let windows = dataset.windows {
            manifest["windows"] = windows.json
            (manifest["height"], manifest["width"]) = (.integer(Int64(dataset.height)), .integer(Int64(dataset.width)))
        }
        return Archive(entries: entries, manifest: manifest)
    }

    private static func shape(of split: DatasetSplit) -> [Int] {
        split.windows.map(shape) ?? [split.count, split.shape.height, split.shape.width, split.shape.channels]
    }

    /// Of images of different sizes, all pixels one after another.
    private static func shape(of windows: StoredWindows) -> [Int] {
        let first = windows.shapes.first ?? ImageShape(height: 1, width: 1, channels: 1), total = windows.shapes.reduce(0) { $0 + $1.height * $1.width }
        return windows.shapes.allSatisfy { $0 == first } ? [windows.count, first.height, first.width, first.channels] : [total, first.channels]
    }

    private func content(_ name: String, _ digest: Digest) throws -> [UInt8] {
        _ = try loaded(name, digest)
        return try FileSystem.read(datasets.contentFile(of: name))
    }

    private func encoder(_ digest: Digest) throws -> Archive {
        for folder in ["\(storage)/encoders", ExtractorStore(storage: storage).folder] {
            let names = FileSystem.isFolder(folder) ? try FileSystem.names(in: folder) : []
            for name in names.sorted() where name.hasSuffix(".npz") {
                if let archive = try? Archive.read("\(folder)/\(name)"), archive.digest == digest { return archive }
            }
        }
        throw ExportError.noEncoder(digest)
    }

    private func check(_ what: String, _ count: Int, of bytes: Int) throws(ExportError) {
        let (total, overflow) = count.multipliedReportingOverflow(by: bytes)
        guard !overflow, total <= Self.mostBytes else { throw .tooLarge(what: what, bytes: overflow ? .max : total, most: Self.mostBytes) }
    }
}
