import Archives
import Canonical
import Engine
import TestSupport

@testable import Extractors
@testable import Weights

/// The network of `Tests/Fixtures/extractors`.
enum SmallNetwork {
    static func manifest() throws -> NetworkManifest { try NetworkManifest(reading: JSONValue(parsing: Fixtures.bytes("extractors/network.json"))) }

    static func arrays() throws -> [String: ArrayEntry] {
        Dictionary(uniqueKeysWithValues: try Npz.arrays(Fixtures.bytes("extractors/resizes.npz")).map { ($0.name, $0) })
    }

    /// Three images of 12x20x3.
    static func levels() throws -> [UInt8] {
        guard case .uint8(let levels)? = try arrays()["levels"]?.elements else { return [] }
        return levels
    }

    static func archive(_ file: String, features: String? = nil) throws -> Archive {
        var manifest = try manifest()
        if let features { manifest.features = features }
        return try ExtractorArchive.make(manifest, WeightConversion(manifest, WeightFile(Fixtures.bytes("extractors/\(file)"))))
    }
}
