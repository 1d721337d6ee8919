import CKernels
import Foundation
import TestSupport
import Testing


/// The generator and its distributions, for every kernel set.
@Suite struct RandomTests {
    private static func draw(
        _ kernels: ProductKernels, _ distribution: FidDistribution, low: Float = 0, high: Float = 1, step: UInt64 = 9, start: Int = 0, count: Int
    ) -> [Float] {
        var random = FidRandom(key: 0x0123_4567_89ab_cdef, step: step, distribution: Int32(distribution.rawValue), low: low, high: high)
        return unsafe [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            if let base = buffer.baseAddress {
                unsafe kernels.table.pointee.random(&random, Int64(start), Int64(count), base)
            }
            initialized = count
        }
    }

    private static let distributions = [FID_UNIFORM, FID_NORMAL, FID_TRUNCATED_NORMAL, FID_BITS]

    /// The test vectors of Random123.
    @Test func philoxGivesTheKnownAnswers() {
        let table: [(counter: [UInt32], key: [UInt32], words: [UInt32])] = [
            ([0, 0, 0, 0], [0, 0], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
            (
                [UInt32](repeating: .max, count: 4), [UInt32](repeating: .max, count: 2), [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
            ),
            (
                [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0],
                [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
            ),
        ]
        for row in table {
            var words = [UInt32](repeating: 0, count: 4)
            unsafe fid_philox4x32_10(row.counter, row.key, &words)
            #expect(words == row.words)
        }
    }

    /// Words beyond the first 2^32 blocks and steps beyond 2^32 use the whole counter.
    @Test(arguments: ProductKernels.available)
    func wordsComeFromTheirCounters(kernels: ProductKernels) {
        let step: UInt64 = 0x1_0000_0007
        for start in [0, 5, 1 << 34 - 30, 1 << 40 + 3] {
            let drawn = Self.draw(kernels, FID_BITS, step: step, start: start, count: 100).map(\.bitPattern)
            for (i, word) in drawn.enumerated() {
                let index = UInt64(start + i), block = index / 4
                var words = [UInt32](repeating: 0, count: 4)
                unsafe fid_philox4x32_10(
                    [UInt32(truncatingIfNeeded: block), UInt32(block >> 32), 7, 1], [0x89ab_cdef, 0x0123_4567], &words)
                #expect(word == words[Int(index % 4)], "index \(index)")
            }
        }
    }

    @Test(arguments: ProductKernels.available)
    func aNumberDependsOnItsIndexAlone(kernels: ProductKernels) {
        for distribution in Self.distributions {
            let all = Self.draw(kernels, distribution, count: 700).map(\.bitPattern)
            for (start, count) in [(0, 0), (0, 1), (1, 3), (3, 64), (5, 695), (64, 64), (130, 500), (699, 1)] {
                let part = Self.draw(kernels, distribution, start: start, count: count).map(\.bitPattern)
                #expect(part == Array(all[start..<start + count]), "\(distribution.rawValue): \(count) from \(start)")
            }
            #expect(Self.draw(kernels, distribution, step: 10, count: 700).map(\.bitPattern) != all)
        }
    }

    @Test func everyKernelSetGivesTheSameBits() {
        let sets = ProductKernels.available
        for distribution in Self.distributions {
            let numbers = Self.draw(sets[0], distribution, low: -0.3, high: 1.7, count: 50_000)
            for kernels in sets.dropFirst() {
                let other = Self.draw(kernels, distribution, low: -0.3, high: 1.7, count: 50_000)
                #expect(BitPatterns.difference(other, numbers) == nil, "\(kernels)")
            }
        }
    }

    /// Mean, variance, and fourth moment, each within five standard errors of the exact value.
    @Test(arguments: [
        (FID_UNIFORM, 0.5, 1.0 / 12, 1.0 / 80), (FID_NORMAL, 0, 1, 3), (FID_TRUNCATED_NORMAL, 0, 0.77374, 1.41621),
    ])
    func momentsAreRight(distribution: FidDistribution, mean: Double, variance: Double, fourth: Double) {
        let count = 200_000, numbers = Self.draw(ProductKernels.available.last!, distribution, count: count).map(Double.init)
        var (first, second, last) = (0.0, 0.0, 0.0)
        for x in numbers {
            let d = x - mean, square = d * d
            first += d
            second += square
            last += square * square
        }
        let n = Double(count)
        #expect(abs(first / n) < 5 * (variance / n).squareRoot())
        #expect(abs(second / n - variance) < 5 * ((fourth - variance * variance) / n).squareRoot())
        #expect(abs(last / n - fourth) < 0.03 * fourth)
    }

    @Test func numbersStayWithinTheirRange() {
        for kernels in ProductKernels.available {
            let uniform = Self.draw(kernels, FID_UNIFORM, count: 50_000), truncated = Self.draw(kernels, FID_TRUNCATED_NORMAL, count: 50_000)
            #expect(uniform.allSatisfy { $0 >= 0 && $0 < 1 && $0 * 0x1p24 == ($0 * 0x1p24).rounded() })
            #expect(truncated.allSatisfy { abs($0) < 2 })
            #expect(truncated.contains { $0 > 1.99 } && truncated.contains { $0 < -1.99 })
        }
    }

    /// The fraction of normal numbers below some quantiles.
    @Test func normalNumbersHaveTheRightQuantiles() {
        let count = 200_000, numbers = Self.draw(ProductKernels.available.last!, FID_NORMAL, low: 3, high: 2, count: count)
        for (quantile, share) in [(-3.0, 0.00134990), (-1, 0.158655), (0, 0.5), (0.6744898, 0.75), (2, 0.977250)] {
            let below = Double(numbers.count { Double($0) < 3 + 2 * quantile })
            #expect(abs(below - Double(count) * share) < 5 * (Double(count) * share * (1 - share)).squareRoot())
        }
    }

    /// n is the quantile of its word: checks the inverse CDF by the CDF itself.
    @Test func truncatedNumbersFollowTheirWords() {
        let kernels = ProductKernels.available[0]
        let words = Self.draw(kernels, FID_BITS, count: 20_000).map(\.bitPattern), numbers = Self.draw(kernels, FID_TRUNCATED_NORMAL, count: 20_000)
        for (word, n) in zip(words, numbers) {
            let x = (2 * Double(word >> 8) + 1) * 0x1p-24 - 1, exact = x * erf(2.0.squareRoot())
            #expect(abs(erf(Double(n) / 2.0.squareRoot()) - exact) < 3e-7)
        }
    }
}
