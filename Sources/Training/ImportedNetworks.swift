public import Canonical
internal import Extractors

/// The imported extractors of a storage folder, the networks that can be imported, and the references, for people.
public enum ImportedNetworks {
    /// The imported extractors, sorted by name.
    public static func extractors(storage: String) -> [JSONValue] {
        ExtractorStore(storage: storage).list().map { record in
            [
                "name": .string(record.name), "encoder": .string(record.encoder), "digest": .string(record.digest.hex), "network": .string(record.network.name),
                "network_digest": .string(record.network.functionalDigest.hex), "title": .string(record.network.title), "license": .string(record.network.license),
                "output": .string(record.network.features), "dimension": .integer(Int64(record.dimension)), "classes": .integer(Int64(record.classes)),
                "file": .optional(record.provenance["file"]?.stringValue), "file_sha256": .optional(record.provenance["sha256"]?.stringValue),
                "format": .optional(record.provenance["format"]?.stringValue),
            ]
        }
    }

    /// The networks that the program can build, sorted by name.
    public static var known: [JSONValue] {
        NetworkManifest.known.map { network in
            [
                "name": .string(network.name), "title": .string(network.title), "network_digest": .string(network.functionalDigest.hex), "license": .string(network.license),
                "source": .string(network.source), "output": .string(network.features), "resize": .string(network.input.resize.rawValue),
            ]
        }
    }

    /// Imported reference statistics, sorted by name.
    public static func references(storage: String) -> [JSONValue] {
        ReferenceStore(storage: storage).list().map { record in
            [
                "name": .string(record.name), "network": .string(record.network), "samples": .optional(record.samples), "dimension": .integer(Int64(record.dimension)),
                "digest": .string(record.digest.hex), "file": .optional(record.provenance["file"]?.stringValue),
            ]
        }
    }
}
