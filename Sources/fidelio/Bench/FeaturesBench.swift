import Canonical
import Engine
import Extractors

/// Features of Inception-v3 as pytorch-fid computes them, from the levels of 64x64 images, with random weights.
struct FeaturesBench: BenchWorkload {
    let name = "inception-features"
    private static let size = 64, count = 16

    func measure(_ settings: BenchSettings) throws -> [BenchResult] {
        guard let network = NetworkManifest.known(named: "pytorch-fid") else { preconditionFailure("pytorch-fid is a known network") }
        let extractor = try ImportedExtractor.untrained(network, device: settings.device()), count = Self.count
        let levels = (0..<count * Self.size * Self.size * 3).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }
        let times = settings.repeated(warmUp: 1, least: 2) {
            do { _ = try extractor.features(of: levels, count: count, height: Self.size, width: Self.size, channels: 3) } catch { preconditionFailure("\(error)") }
        }
        return [
            BenchResult(
                name: name, title: "Inception-v3 features of \(count) images of 64x64", value: .seconds(times), operations: Double(count) * extractor.operations,
                details: ["images": .integer(Int64(count)), "scratch_bytes": .integer(Int64(extractor.scratchBytes))])
        ]
    }
}
