internal import Archives
public import Canonical
internal import Metrics

/// Features and feature statistics in the storage folder, by the digests of images and extractor: computed once, and shared by runs, evaluations, and commands.
///
/// Every file can be removed; it is computed again when it is needed. A file that is damaged counts as missing.
struct FeatureCache {
    private let storage: String

    init(storage: String) { self.storage = storage }

    /// What features are of.
    struct Key {
        let extractor: Digest
        /// Digest of the images, of a data set or of a checkpoint.
        let content: Digest
        /// Which images of these: a split and a number.
        let part: String

        /// The first images of a split of a data set.
        static func dataset(_ digest: Digest, split: String, count: Int, extractor: Digest) -> Key { Key(extractor: extractor, content: digest, part: "\(split) \(count)") }

        fileprivate func name(_ kind: String) -> String {
            Digest.sha256("fidelio \(kind) 1\n\(extractor.hex)\n\(content.hex)\n\(part)\n\(Version.numerics)\n").hex
        }
    }

    private func path(_ kind: String, _ key: Key, _ suffix: String = "") -> String { "\(storage)/\(kind)/\(key.name(kind))\(suffix).npz" }

    /// Statistics, with those of the first half of the images where they are stored.
    func statistics(_ key: Key) -> FeatureStatistics? {
        let (whole, half) = (path("statistics", key), path("statistics", key, ".half"))
        guard FileSystem.exists(whole), let known = try? FeatureStatistics(file: whole), let count = known.count else { return nil }
        let first = FileSystem.exists(half) ? try? FeatureStatistics(file: half) : nil
        return FeatureStatistics(fit: known.fit, count: count, half: first?.fit, extractor: key.extractor, features: nil)
    }

    func hasStatistics(_ key: Key) -> Bool { FileSystem.exists(path("statistics", key)) }

    /// - Errors: of the file
    func keep(_ statistics: FeatureStatistics, _ key: Key) throws {
        try FileSystem.makeFolder("\(storage)/statistics", mode: 0o700)
        if let fit = statistics.half {
            try FeatureStatistics(fit: fit, count: fit.count, half: nil, extractor: key.extractor, features: nil).write(to: path("statistics", key, ".half"))
        }
        try statistics.write(to: path("statistics", key))
    }

    /// Features of all images. - Parameter needsLogits: whether a file without logits counts as missing
    func features(_ key: Key, needsLogits: Bool, threads: Int) -> ImageFeatures? {
        let path = path("features", key)
        guard FileSystem.exists(path), let archive = try? Archive.read(path, threads: threads), let features = archive.entries.first(where: { $0.name == "features" }),
            case .float32(let values) = features.elements, features.shape.count == 2, features.shape.allSatisfy({ $0 > 0 })
        else { return nil }
        var logits: (values: [Float], classes: Int) = ([], 0)
        if let stored = archive.entries.first(where: { $0.name == "logits" }), case .float32(let values) = stored.elements, stored.shape.count == 2 { logits = (values, stored.shape[1]) }
        guard !needsLogits || logits.classes > 0 else { return nil }
        return ImageFeatures(features: values, dimension: features.shape[1], logits: logits.values, classes: logits.classes, images: key.content, extractor: key.extractor)
    }

    func hasFeatures(_ key: Key) -> Bool { FileSystem.exists(path("features", key)) }

    /// - Errors: of the file
    func keep(_ features: ImageFeatures, _ key: Key, threads: Int) throws {
        try FileSystem.makeFolder("\(storage)/features", mode: 0o700)
        var entries = [ArrayEntry(name: "features", shape: [features.count, features.dimension], elements: .float32(features.features))]
        if features.classes > 0 { entries.append(ArrayEntry(name: "logits", shape: [features.count, features.classes], elements: .float32(features.logits))) }
        let manifest: [String: JSONValue] = [
            "kind": "image-features", "encoder_digest": .string(key.extractor.hex), "images": .string(key.content.hex), "part": .string(key.part),
            "numerics": .integer(Int64(Version.numerics)),
        ]
        try Archive(entries: entries, manifest: manifest).write(to: path("features", key), threads: threads)
    }
}

/// Features of a set of images, and logits where the extractor has classes and they were asked for.
public struct ImageFeatures {
    /// [count, dimension]
    public let features: [Float]
    /// Number of features of an image.
    public let dimension: Int
    /// [count, classes], or empty
    public let logits: [Float]
    /// Number of classes, or 0.
    public let classes: Int
    /// Digest of the images, the data set, or the checkpoint.
    public let images: Digest
    /// Digest of the extractor.
    public let extractor: Digest

    /// Number of images.
    public var count: Int { features.count / dimension }
}
