internal import Archives
public import Canonical
internal import Extractors
internal import Metrics
internal import Numerics

/// Reference statistics that others computed, imported by name: one archive a name in the storage folder.
public struct ReferenceStore: Sendable {
    private let folder: String
    private static let largestFile = 1 << 31

    /// - Parameter storage: the storage folder
    public init(storage: String) { folder = "\(storage)/references" }

    /// One reference.
    public struct Record: Sendable, Equatable {
        /// Such as "cifar10_clean_train_32".
        public let name: String
        /// The known network that the statistics are of, such as "clean".
        public let network: String
        /// Number of images; nil if it is not known.
        public let samples: Int?
        /// Number of features.
        public let dimension: Int
        /// Whether the features of single images are there too, which KID and precision and recall need.
        public let hasFeatures: Bool
        /// Digest of the archive.
        public let digest: Digest
        /// Name, SHA-256 and size of the file that was imported.
        public let provenance: JSONValue

        /// All fields.
        public var json: JSONValue {
            var members: [String: JSONValue] = [
                "name": .string(name), "network": .string(network), "dimension": .integer(Int64(dimension)), "features": .bool(hasFeatures),
                "digest": .string(digest.hex), "provenance": provenance,
            ]
            members["samples"] = samples.map { .integer(Int64($0)) }
            return .object(members)
        }
    }

    /// What the name of a file of clean-fid says: DATASET_MODE_SPLIT_RESOLUTION.npz, for KID with _kid at the end.
    public struct PublishedName: Sendable, Equatable {
        /// The known network of the mode.
        public let network: String
        /// Number of images; nil for references that clean-fid does not list.
        public let samples: Int?

        /// Nil for other names.
        public init?(_ stem: String) {
            let stem = stem.hasSuffix("_kid") ? String(stem.dropLast(4)) : stem
            for (mode, network) in [("clean", "clean"), ("legacy_pytorch", "legacy_pytorch"), ("legacy_tensorflow", "fid-tf-2015")] {
                guard let place = stem.firstRange(of: "_\(mode)_") else { continue }
                let dataset = stem[..<place.lowerBound], rest = stem[place.upperBound...].split(separator: "_")
                // More parts than split and resolution: the features of another network.
                guard !dataset.isEmpty, rest.count == 2, rest[1] == "na" || Int(rest[1], in: 1...1_000_000) != nil else { return nil }
                (self.network, samples) = (network, Self.published["\(dataset) \(rest[0])"])
                return
            }
            return nil
        }

        /// Images of the references that clean-fid publishes.
        /// - Source: the table of its documentation, version 0.1.35
        private static let published: [String: Int] = [
            "cifar10 train": 50_000, "cifar10 test": 10_000, "ffhq trainval": 50_000, "ffhq trainval70k": 70_000, "lsun_church train": 50_000,
            "lsun_church trainfull": 126_227, "lsun_horse train": 50_000, "lsun_horse trainfull": 2_000_340, "lsun_cat train": 50_000,
            "lsun_cat trainfull": 1_657_264, "afhq_cat train": 5153, "afhq_dog train": 4739, "afhq_wild train": 4738, "brecahad train": 1944,
            "metfaces train": 1336, "horse2zebra test": 140, "cat2dog test": 500,
        ]
    }

    /// All references, sorted by name. Files that are not references are skipped.
    public func list() -> [Record] {
        guard FileSystem.isFolder(folder), let names = try? FileSystem.names(in: folder) else { return [] }
        return names.filter { $0.hasSuffix(".json") }.compactMap { try? Record(reading: JSONValue(parsing: FileSystem.read("\(folder)/\($0)", limit: 1 << 20))) }.sorted { $0.name < $1.name }
    }

    /// The reference of a name, or nil.
    public func find(_ name: String) -> Record? { list().first { $0.name == name } }

    /// Imports a file with `mu` and `sigma`, or with `feats`, the features of single images, as clean-fid writes them for KID.
    /// - Parameters:
    ///   - name: nil for the name of the file
    ///   - network: the known network whose features they are; nil for that of the file's name
    ///   - samples: number of images; nil for that of the file, or of the name where clean-fid lists it
    /// - Errors: `FileError`, `ArchiveError`, `StatisticsError`
    public func add(_ path: String, name: String? = nil, network: String? = nil, samples: Int? = nil) throws -> Record {
        let file = String(path.split(separator: "/").last ?? ""), stem = file.hasSuffix(".npz") ? String(file.dropLast(4)) : file
        let name = name ?? stem, published = PublishedName(stem.lowercased())
        guard NetworkManifest.isName(name) else { throw StatisticsError("\"\(name)\" is not a name: use letters, digits, \"-\", \"_\" and \".\"") }
        guard let network = network ?? published?.network else {
            throw StatisticsError("\(file) does not say whose features it has, as clean-fid's files do (cifar10_clean_train_32.npz); name the network with --network")
        }
        guard let known = NetworkManifest.known(named: network) else {
            throw StatisticsError("the network \(network) is not known; known: \(NetworkManifest.known.map(\.name).joined(separator: ", "))")
        }
        guard find(name) == nil else { throw StatisticsError("there is a reference \(name); remove it with fidelio reference remove, or choose a name with --name") }
        let bytes = try FileSystem.readInput(path, limit: Self.largestFile)
        let content = try Content(bytes, path)
        let count = content.count ?? samples ?? published?.samples
        var members: [String: JSONValue] = ["kind": "reference-statistics", "network": .string(known.name), "network_digest": .string(known.functionalDigest.hex)]
        members["samples"] = count.map { .integer(Int64($0)) }
        let archive = Archive(entries: content.entries, manifest: members)
        let record = Record(
            name: name, network: known.name, samples: count, dimension: content.dimension, hasFeatures: content.features != nil, digest: archive.digest,
            provenance: ["file": .string(file), "sha256": .string(Digest.sha256(bytes).hex), "bytes": .integer(Int64(bytes.count))])
        try FileSystem.makeFolder(folder, mode: 0o700)
        try archive.writeVerified(to: "\(folder)/\(name).npz")
        try AtomicFile.write(record.json.canonicalBytes, to: "\(folder)/\(name).json", mode: 0o600)
        return record
    }

    /// The statistics, and the features of single images where they are there.
    /// - Parameter extractor: the digest of the extractor that the other side is measured with, or nil
    /// - Errors: `ArchiveError`; `StatisticsError` if the archive is not that of the record
    public func open(_ record: Record, extractor: Digest?) throws -> FeatureMetrics.Side {
        let archive = try Archive.read("\(folder)/\(record.name).npz")
        guard archive.digest == record.digest else { throw StatisticsError("the reference \(record.name) has the digest \(archive.digest.short); its record says \(record.digest.short); import it again") }
        let content = try Content(archive.entries, record.name)
        let fit = content.fit(count: record.samples)
        let statistics = FeatureStatistics(fit: fit, count: record.samples, half: nil, extractor: extractor, features: content.features)
        let features = content.features.map { ImageFeatures(features: $0, dimension: content.dimension, logits: [], classes: 0, images: record.digest, extractor: extractor ?? Digest.sha256(record.network)) }
        return FeatureMetrics.Side(statistics: statistics, features: features)
    }

    /// - Errors: `FileError`; `StatisticsError` if there is none of this name
    public func remove(_ name: String) throws {
        guard find(name) != nil else { throw StatisticsError("there is no reference \(name)") }
        try FileSystem.removeForGood("\(folder)/\(name).json")
        try FileSystem.removeForGood("\(folder)/\(name).npz")
    }
}

extension ReferenceStore.Record {
    init(reading json: JSONValue) throws(FieldError) {
        var fields = try FieldReader(json)
        name = try fields.string("name")
        network = try fields.string("network")
        samples = try fields.optionalInteger("samples", in: 1...Int.max)
        dimension = try fields.integer("dimension", in: 1...1 << 20)
        hasFeatures = try fields.bool("features")
        digest = try fields.digest("digest")
        provenance = try fields.value("provenance")
        try fields.finish()
    }
}

/// The arrays of a file of statistics or of features.
private struct Content {
    let mean: [Double], covariance: [Double]
    let features: [Float]?
    var dimension: Int { mean.count }
    /// Number of images, where the features are there.
    var count: Int? { features.map { $0.count / dimension } }

    /// - Errors: `ArchiveError`, `StatisticsError`
    init(_ bytes: [UInt8], _ path: String) throws { try self.init(Npz.arrays(bytes), path) }

    init(_ arrays: [ArrayEntry], _ path: String) throws {
        if let entry = arrays.first(where: { $0.name == "feats" }) {
            guard entry.shape.count == 2, entry.shape[0] >= 2, entry.shape[1] >= 1 else {
                throw StatisticsError("\(path): feats has the shape \(entry.shape); expected [images, features] of at least 2 images")
            }
            let values = try Self.numbers(entry, path).map { Float($0) }
            let fit = try GaussianFit.ofAll(values, dimension: entry.shape[1])
            (mean, covariance, features) = (fit.mean, fit.covariance.elements, values)
            return
        }
        guard let known = try FeatureStatistics.arrays(arrays, path) else { throw StatisticsError("\(path) has neither mu and sigma nor feats") }
        (mean, covariance, features) = (known.mean, known.covariance, nil)
    }

    static func numbers(_ entry: ArrayEntry, _ path: String) throws -> [Double] { try FeatureStatistics.numbers(entry, path) }

    var entries: [ArrayEntry] {
        var entries = [
            ArrayEntry(name: "mu", shape: [dimension], elements: .float64(mean)), ArrayEntry(name: "sigma", shape: [dimension, dimension], elements: .float64(covariance)),
        ]
        if let features { entries.append(ArrayEntry(name: "feats", shape: [features.count / dimension, dimension], elements: .float32(features))) }
        return entries
    }

    func fit(count: Int?) -> GaussianFit {
        GaussianFit(count: Swift.max(2, count ?? 2), mean: mean, covariance: Matrix(rows: dimension, columns: dimension, elements: covariance))
    }
}

extension GaussianFit {
    fileprivate static func ofAll(_ features: [Float], dimension: Int) throws(MetricError) -> GaussianFit {
        var builder = GaussianFitBuilder(dimension: dimension)
        try builder.add(features)
        return try builder.anyFit()
    }
}
