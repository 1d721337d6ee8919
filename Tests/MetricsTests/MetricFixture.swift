import Canonical
import Metrics
import TestSupport

/// Features and the results of other programs for them: see Fixtures/metrics.
enum MetricFixture {
    static func set(_ name: String, dimension: Int = 16) throws -> FeatureSet {
        let bytes = try Fixtures.bytes("metrics/\(name).f32")
        let values = stride(from: 0, to: bytes.count, by: 4).map { start in
            Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << (8 * UInt32($1)) })
        }
        return try FeatureSet(values, dimension: dimension)
    }

    static func expected(_ key: String) throws -> JSONValue {
        guard let value = try JSONValue(parsing: Fixtures.bytes("metrics/expected.json"))[key] else { preconditionFailure("no \(key)") }
        return value
    }

    static func number(_ key: String, _ inner: String) throws -> Double { try expected(key)[inner]?.numberValue ?? .nan }

    /// Samples of N(shift, 1) in each of `dimension` coordinates.
    static func gaussian(_ count: Int, dimension: Int, shift: Double = 0, seed: UInt64) throws -> FeatureSet {
        var random = TestRandom(seed: seed)
        return try FeatureSet(
            (0..<count * dimension).map { _ in
                // The sum of twelve uniform numbers has variance 1 and is nearly normal.
                Float((0..<12).reduce(-6.0) { sum, _ in sum + Double.random(in: 0..<1, using: &random) } + shift)
            }, dimension: dimension)
    }
}
