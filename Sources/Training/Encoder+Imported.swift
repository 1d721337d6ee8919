internal import Archives
internal import Canonical
public import Datasets
internal import Engine
internal import Extractors

// Networks that other people trained (room Extractors) as feature extractors of a data set.

/// The feature extractors that evaluations on a data set can use.
public struct EncoderChoices {
    /// All, default first: those that are trained on the data set, then the imported ones, whose names end in the start of their digest.
    public let names: [String]
    /// Those that provide class probabilities.
    public let classifiers: [String]
    /// Those whose squared distances are perceptual distances.
    public let perceptual: [String]

    /// - Parameter datasets: the data sets of the storage folder whose imported extractors are asked for
    public init(for description: DatasetDescription, in datasets: DatasetStore) {
        let records = Self.records(for: description, in: datasets)
        names = EncoderSpecification.choices(for: description) + records.map(\.encoder)
        classifiers = EncoderSpecification.classifiers(for: description) + records.filter { $0.classes > 0 }.map(\.encoder)
        perceptual = records.filter(\.network.isPerceptual).map(\.encoder)
    }

    /// The imported extractors that read the images of a data set.
    static func records(for description: DatasetDescription, in datasets: DatasetStore) -> [ExtractorRecord] {
        guard description.kind == .images else { return [] }
        return ExtractorStore(storage: datasets.storage).list().filter { $0.network.reads(description.shape) }
    }

    /// The imported extractor of a name, or nil if there is none that reads the images of the data set.
    static func imported(_ name: String, for description: DatasetDescription, in datasets: DatasetStore) -> ExtractorRecord? {
        records(for: description, in: datasets).first { $0.encoder == name }
    }
}

extension DatasetStore {
    /// The storage folder that the data sets are in.
    var storage: String { FileSystem.folder(of: root) }
}

extension NetworkManifest {
    fileprivate func reads(_ shape: ImageShape) -> Bool {
        (shape.channels == input.channels || shape.channels == 1) && (input.resize != .none || (shape.height == input.height && shape.width == input.width))
    }
}

extension Encoder {
    /// The feature extractor of a name for images: an imported one, or one that is trained on first use.
    /// - Returns: the extractor, and everything that determines its weights
    /// - Errors: of files, data sets and archives; `TrainingError.unknownEncoder`
    static func named(
        _ name: String, for description: DatasetDescription, in datasets: DatasetStore, device: CPUDevice, progress: (Double) throws -> Void = { _ in }
    ) throws -> (encoder: Encoder, provenance: JSONValue) {
        if let record = EncoderChoices.imported(name, for: description, in: datasets) {
            let extractor = try ExtractorStore(storage: datasets.storage).open(record, device: device)
            return (Encoder(extractor, shape: description.shape), record.summary)
        }
        let known = try EncoderSpecification(encoder: name, for: description, in: datasets)
        let store = EncoderStore(folder: "\(datasets.storage)/encoders", datasets: datasets)
        return (try store.encoder(known, device: device, progress: progress), known.json)
    }

    /// Images as an imported extractor reads them: rounded to the nearest of 256 levels, as a file of pictures has them.
    static func levels(of images: ArraySlice<Float>) -> [UInt8] {
        images.map { $0 > 0 ? UInt8(saturating: (Swift.min($0, 1) * 255).rounded()) : 0 }
    }
}
