internal import Archives
public import Canonical
internal import Codecs
public import Engine
internal import Graphs
internal import Weights

/// An imported extractor of a storage folder.
public struct ExtractorRecord: Sendable, Equatable {
    /// The name, unique in its storage: that of the network unless another one was chosen.
    public let name: String
    /// The digest of weights, layers, preprocessing, and outputs.
    public let digest: Digest
    /// The whole manifest of the network.
    public let network: NetworkManifest
    /// Number of features, and of classes (0 if it has none).
    public let dimension: Int, classes: Int
    /// Where the weights came from: name, SHA-256, size, and format of the file.
    public let provenance: JSONValue

    /// The name in specifications and protocols, with the start of the digest, so that a specification names the content.
    public var encoder: String { "\(name).\(digest.short)" }

    /// All fields.
    public var json: JSONValue {
        [
            "name": .string(name), "encoder": .string(encoder), "digest": .string(digest.hex), "dimension": .integer(Int64(dimension)), "classes": .integer(Int64(classes)),
            "network": network.json, "provenance": provenance,
        ]
    }

    /// The memory that the extractor takes while it computes, in bytes: weights, as read and as used, and activations of each thread, whose number a plan does not say.
    /// - Cost: that of planning, tenths of a second for a large network
    public func workingBytes(threads: Int = 16) throws -> Int {
        let graph = try NetworkGraph(network, batch: NetworkGraph(network, batch: 1).imagesTogether)
        let plan = try Plan(graph.graph, outputs: [("features", graph.output(network.outputs[network.features]!))])
        return 3 * 4 * graph.parameters.reduce(0) { $0 + $1.shape.reduce(1, *) } + threads * (plan.scratchBytes + plan.portBytes)
    }

    /// What determines the values, without the list of layers, for the log of an evaluation. The archive has them all.
    public var summary: JSONValue {
        [
            "encoder": .string(encoder), "network": .string(network.name), "network_digest": .string(network.functionalDigest.hex), "features": .string(network.features),
            "license": .string(network.license), "provenance": provenance,
        ]
    }

    init(reading json: JSONValue) throws(FieldError) {
        var fields = try FieldReader(json)
        name = try fields.string("name")
        digest = try fields.digest("digest")
        dimension = try fields.integer("dimension", in: 1...1 << 20)
        classes = try fields.integer("classes", in: 0...1 << 20)
        network = try NetworkManifest(reading: try fields.value("network"))
        provenance = try fields.value("provenance")
        _ = fields.optionalValue("encoder")
        try fields.finish()
    }

    init(name: String, digest: Digest, network: NetworkManifest, dimension: Int, classes: Int, provenance: JSONValue) {
        (self.name, self.digest, self.network, self.dimension, self.classes, self.provenance) = (name, digest, network, dimension, classes, provenance)
    }
}

/// The imported extractors of a storage folder: for each an archive and a record, in files named for name and digest, so that the content of a file never changes.
public struct ExtractorStore: Sendable {
    /// The folder.
    public let folder: String
    /// The largest file of weights, in bytes.
    public static let largestFile = 1 << 31
    /// The most images that a thread computes together unless another number is given. No value depends on it.
    public static let batchSize = 16

    /// - Parameter storage: the storage folder
    public init(storage: String) { folder = "\(storage)/encoders/imported" }

    /// All extractors, sorted by name. Files that are not records are skipped.
    public func list() -> [ExtractorRecord] {
        guard FileSystem.isFolder(folder), let names = try? FileSystem.names(in: folder) else { return [] }
        return names.filter { $0.hasSuffix(".json") }.compactMap { try? record(String($0.dropLast(5))) }.sorted { ($0.name, $0.encoder) < ($1.name, $1.encoder) }
    }

    /// The extractor of a name, or of a name with the start of its digest as specifications write it; nil if there is none.
    public func find(_ name: String) -> ExtractorRecord? { list().first { $0.name == name || $0.encoder == name } }

    private func record(_ stem: String) throws -> ExtractorRecord {
        try ExtractorRecord(reading: JSONValue(parsing: FileSystem.read("\(folder)/\(stem).json", limit: 1 << 24)))
    }

    /// Reads a file of weights, converts it for a network, and stores it.
    /// - Parameters:
    ///   - network: the network that the weights are for
    ///   - name: the extractor's name, or nil for that of the network
    ///   - output: the output whose values are the features, or nil for that of the network
    /// - Returns: the record, and the tensors of the file that the network has no use for
    /// - Errors: `FileError`; `WeightError`; `NetworkError`: what does not fit, a file that is not the one its name says, and a name that has other weights already
    public func add(_ network: NetworkManifest, from path: String, name: String? = nil, output: String? = nil) throws -> (record: ExtractorRecord, unused: [String]) {
        var network = network
        if let output {
            guard network.outputs[output] != nil else { throw NetworkError("\(network.name) has no output \(output); allowed: \(network.outputs.keys.sorted().joined(separator: ", "))") }
            network.features = output
        }
        let name = name ?? network.name
        guard NetworkManifest.isName(name) else { throw NetworkError("\"\(name)\" is not a name: use letters, digits, \"-\", \"_\" and \".\"") }
        var bytes = try FileSystem.readInput(path, limit: Self.largestFile)
        let digest = Digest.sha256(bytes), file = String(path.split(separator: "/").last ?? ""), size = bytes.count
        try Self.check(file, digest)
        bytes = try Self.unpacked(bytes)
        let weights = try WeightFile(bytes)
        bytes = []
        let conversion = try WeightConversion(network, weights)
        let archive = try ExtractorArchive.make(network, conversion)
        let graph = try NetworkGraph(network, batch: 1)
        let record = ExtractorRecord(
            name: name, digest: archive.digest, network: network, dimension: graph.output(network.outputs[network.features]!).shape[1],
            classes: network.logits.map { graph.output(network.outputs[$0]!).shape[1] } ?? 0,
            provenance: ["file": .string(file), "sha256": .string(digest.hex), "bytes": .integer(Int64(size)), "format": .string(weights.format.rawValue)])
        try store(archive, record)
        return (record, conversion.unused)
    }

    private func store(_ archive: Archive, _ record: ExtractorRecord) throws {
        try FileSystem.makeFolder(folder, mode: 0o700)
        let lock = try FileLock.wait(for: "\(folder)/lock")
        defer { withExtendedLifetime(lock) {} }
        if let known = find(record.name), known.digest != record.digest {
            throw NetworkError("there is an extractor \(record.name) with other content (\(known.digest.short)); remove it with fidelio extractor remove, or choose a name with --name")
        }
        try archive.writeVerified(to: "\(folder)/\(record.encoder).npz")
        try AtomicFile.write(record.json.canonicalBytes, to: "\(folder)/\(record.encoder).json", mode: 0o600)
    }

    /// A file named NAME-0123abcd.pth has a SHA-256 that begins with these digits, as PyTorch's hub names its files.
    private static func check(_ file: String, _ digest: Digest) throws(NetworkError) {
        guard let stem = file.split(separator: ".").first, let digits = stem.split(separator: "-").last, digits.count == 8, stem.count > 8, file.hasSuffix(".pth") || file.hasSuffix(".pt"),
            digits.allSatisfy(\.isHexDigit)
        else { return }
        guard digest.hex.hasPrefix(digits.lowercased()) else {
            throw NetworkError("\(file) is damaged: its SHA-256 begins with \(digest.hex.prefix(8)), and its name says \(digits); fetch it again")
        }
    }

    /// The graph in TensorFlow's `.tgz`; other files as they are.
    private static func unpacked(_ bytes: [UInt8]) throws -> [UInt8] {
        guard bytes.starts(with: [0x1F, 0x8B]) else { return bytes }
        let inner: [UInt8]
        do {
            inner = try Gzip.decompress(bytes, limit: largestFile)
            let members = try Tar.members(inner)
            guard !members.isEmpty else { return inner }
            guard let graph = members.first(where: { $0.name.split(separator: "/").last == "classify_image_graph_def.pb" }) else {
                throw NetworkError("the archive has no member classify_image_graph_def.pb; unpack it and add the file of weights")
            }
            return Array(inner[graph.range])
        } catch let error as TarError {
            throw NetworkError("a gzip file that is not a tar archive: \(error.reason)")
        } catch let error as CompressionError {
            throw NetworkError("\(error)")
        }
    }

    /// Opens an extractor.
    /// - Parameter output: another output of the network than the extractor's own; the digest is then another one
    /// - Errors: `NetworkError` for an unknown output; `ArchiveError` if the archive is missing or damaged; `NetworkError` if its digest is not that of its record
    public func open(_ record: ExtractorRecord, device: CPUDevice, batchSize: Int = ExtractorStore.batchSize, output: String? = nil) throws -> ImportedExtractor {
        var archive = try Archive.read("\(folder)/\(record.encoder).npz", threads: device.threads)
        guard archive.digest == record.digest else {
            throw NetworkError("the extractor \(record.name) has the digest \(archive.digest.short); its record says \(record.digest.short); add it again")
        }
        if let output, output != record.network.features {
            guard record.network.outputs[output] != nil else {
                throw NetworkError("the extractor \(record.name) has no output \(output); allowed: \(record.network.outputs.keys.sorted().joined(separator: ", "))")
            }
            archive = ExtractorArchive.withFeatures(output, archive)
        }
        return try ImportedExtractor(name: record.encoder, archive: archive, device: device, batchSize: batchSize)
    }

    /// Removes an extractor. Results measured with it stay.
    /// - Errors: `FileError`; `NetworkError` if there is none of this name
    public func remove(_ name: String) throws {
        guard let record = find(name) else { throw NetworkError("there is no extractor \(name)") }
        try FileSystem.removeForGood("\(folder)/\(record.encoder).json")
        try FileSystem.removeForGood("\(folder)/\(record.encoder).npz")
    }
}
