import Numerics
import TestSupport
import Testing

import Metrics

/// The values of numpy and scipy for the same features: see Fixtures/frechet.
@Suite struct FrechetDistanceFixtureTests {
    private let dimension = 24

    private func features(_ name: String) throws -> [Float] {
        let bytes = try Fixtures.bytes("frechet/\(name)")
        return stride(from: 0, to: bytes.count, by: 4).map { start in
            Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << (8 * UInt32($1)) })
        }
    }

    private func expectDistance(_ real: [Float], _ fake: [Float], _ expected: Double) throws {
        let distance = try FrechetDistance.between(
            GaussianFit(features: real, dimension: dimension), GaussianFit(features: fake, dimension: dimension))
        #expect(abs(distance / expected - 1) < 1e-6)
    }

    /// The features with some columns replaced.
    private func changed(_ features: [Float], _ change: (_ row: ArraySlice<Float>, _ column: Int) -> Float) -> [Float] {
        stride(from: 0, to: features.count, by: dimension).flatMap { start in
            (0..<dimension).map { change(features[start..<start + dimension], $0) }
        }
    }

    @Test func agreesWithScipy() throws {
        try expectDistance(features("real.f32"), features("fake.f32"), 7.565241810841158)
    }

    @Test func agreesWhereFeaturesNeverFire() throws {
        let real = try changed(features("real.f32")) { [3, 10, 17].contains($1) ? 0 : $0[$0.startIndex + $1] }
        let fake = try changed(features("fake.f32")) { $1 == 17 ? 0 : $0[$0.startIndex + $1] }
        try expectDistance(real, fake, 16.566062391464172)
    }

    @Test func agreesWhereFeaturesRepeat() throws {
        let real = try changed(features("real.f32")) { $0[$0.startIndex + $1 % 12] }
        let fake = try changed(features("fake.f32")) { $0[$0.startIndex + $1 % 12] }
        try expectDistance(real, fake, 14.277363388553994)
    }

    /// 700 x 256 features from hashed indices (splitmix64), bit-identical to those of `generate.py`.
    private func hashed(_ side: UInt64) -> [Float] {
        let base = (0..<700 * 256 as Range<UInt64>).map { index in
            var x = (index + side << 40) &* 0x9e37_79b9_7f4a_7c15
            x = (x ^ (x >> 30)) &* 0xbf58_476d_1ce4_e5b9
            x = (x ^ (x >> 27)) &* 0x94d0_49bb_1331_11eb
            return Float((x ^ (x >> 31)) >> 40) * 0x1p-24
        }
        let shift: Float = side == 0 ? 0.75 : 0.625
        return base.indices.map { place in
            let (row, column) = (place / 256 * 256, place % 256)
            return max(0, base[place] + 0.5 * base[row + (column * 7 + 1) % 256] + 0.25 * base[row + (column * 31 + 5) % 256] - shift)
        }
    }

    @Test func agreesAt256FeaturesWithAnyThreads() throws {
        let distances = try [1, 2].map { threads in
            try FrechetDistance.between(
                GaussianFit(features: hashed(0), dimension: 256, threads: threads),
                GaussianFit(features: hashed(1), dimension: 256, threads: threads), threads: threads)
        }
        #expect(abs(distances[0] / 4.896690781857956 - 1) < 1e-9 && distances[1] == distances[0], "\(distances)")
    }

    @Test func momentsAgreeWithNumpy() throws {
        let fit = try GaussianFit(features: features("real.f32"), dimension: dimension)
        #expect(abs(fit.mean[0] / 2.1522577654571893 - 1) < 1e-14)
        #expect(abs(fit.covariance[0, 0] / 8.112898517603861 - 1) < 1e-13)
        #expect(abs(fit.covariance[5, 2] / 0.14870079486906382 - 1) < 1e-12)
        #expect(fit.covariance[5, 2] == fit.covariance[2, 5])
    }
}
