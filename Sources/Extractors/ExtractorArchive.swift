internal import Archives
internal import Canonical
internal import Weights

/// The archive of an extractor: its arrays, and in the manifest everything else that its values depend on.
enum ExtractorArchive {
    private static let kind = "extractor"

    /// - Parameters:
    ///   - features: the output whose values are the features
    ///   - logits: the output whose values are the logits, or nil
    /// - Errors: `NetworkError` for what does not fit
    static func make(_ manifest: NetworkManifest, _ conversion: WeightConversion) throws(NetworkError) -> Archive {
        var members: [String: JSONValue] = [
            "kind": .string(kind), "network": manifest.functional, "features": .string(manifest.features), "numerics": .integer(Int64(Version.numerics)),
        ]
        members["logits"] = manifest.logits.map { .string($0) }
        return Archive(entries: try conversion.entries(), manifest: members)
    }

    /// The same network and weights with another output as features: what adding the extractor with that output would have made.
    static func withFeatures(_ output: String, _ archive: Archive) -> Archive {
        var members = archive.manifest.objectValue ?? [:]
        (members["format"], members["tensors"], members["features"]) = (nil, nil, .string(output))
        return Archive(entries: archive.entries, manifest: members)
    }

    /// The manifest of an archive, without titles.
    /// - Errors: `NetworkError`, `FieldError`
    static func manifest(of archive: Archive) throws -> NetworkManifest {
        guard archive.manifest["kind"] == .string(kind), var members = archive.manifest["network"]?.objectValue else {
            throw NetworkError("the archive \(archive.digest.short) is not a feature extractor")
        }
        members["format"] = .string(NetworkManifest.format)
        (members["name"], members["features"], members["logits"]) = ("extractor", archive.manifest["features"], archive.manifest["logits"])
        return try NetworkManifest(reading: .object(members))
    }
}
