import Graphs
import Testing

@testable import Numerics
@testable import Engine

@Suite struct RandomStreamTests {
    private let stream = RandomStream(seed: 0, name: "data/order")

    /// Made by an independent program (Python's hashlib): the definition in RandomStream's description, and Philox on Python's integers.
    @Test func keysAndWordsAreAsDocumented() {
        #expect(stream.key == 0xc36f_5eba_d93b_6118)
        #expect(RandomStream(seed: .max, name: "größe").key == 0x8098_38b8_a862_2f28)
        #expect(RandomStream(seed: 7, name: "").key == 0x9d90_3e3b_759f_750a)
        let words: [UInt32] = [
            0xb8e0_ae6c, 0x73fa_3f0a, 0x112a_855c, 0x6c7a_ffe4, 0x7913_5477, 0x3917_dbe8, 0xe355_a231, 0xbb5d_dd34, 0x2a65_4086, 0xa518_50da,
        ]
        #expect(stream.words(step: 3, count: 10) == words)
        #expect(stream.words(step: 3, start: 3, count: 5) == Array(words[3..<8]))
        #expect(stream.bits(step: 3, index: 9) == words[9])
        #expect(stream.words(step: 1 << 40 + 5, start: 1 << 40, count: 3) == [0xd076_e3fd, 0xa2a9_ed3b, 0x1de5_2c32])
    }

    /// Drawn where it lies, a tensor holds the same numbers as an array.
    @Test(arguments: [RandomStream.Distribution.normal(mean: 0.5, deviation: 2), .truncatedNormal(mean: 0, deviation: 0.02), .uniform(low: -1, high: 1)])
    func tensorsAreDrawnInPlace(distribution: RandomStream.Distribution) {
        let store = TensorStore()
        store.create("weight", [31, 7, 3])
        store.draw("weight", distribution, from: stream, step: 5)
        #expect(store["weight"] == stream.numbers(distribution, step: 5, count: 31 * 7 * 3))
    }

    /// From the same program.
    @Test func integersAreAsDocumented() {
        #expect(stream.integers(below: 10, step: 1, count: 20) == [9, 9, 7, 6, 7, 6, 6, 2, 4, 3, 9, 1, 6, 0, 1, 8, 4, 3, 7, 1])
        // A quarter of all candidates below 2^62 + 1 are rejected.
        let large = [
            4_248_426_580_822_638_804, 4_451_018_736_074_468_094, 3_481_840_225_587_294_217, 2_822_309_944_170_140_937, 3_400_309_850_441_863_169,
            3_311_718_373_655_379_091,
        ]
        #expect(stream.integers(below: 1 << 62 + 1, step: 1, count: 6) == large)
        #expect(stream.permutation(of: 12, step: 9) == [2, 3, 8, 10, 9, 1, 0, 11, 4, 6, 7, 5])
    }

    @Test func anIntegerDependsOnItsIndexAlone() {
        for bound in [1, 2, 3, 1000, 1 << 40 + 7, 1 << 62 + 1] {
            let all = stream.integers(below: bound, step: 4, count: 200)
            #expect(all == (0..<200).map { stream.integer(below: bound, step: 4, index: $0) })
            #expect(stream.integers(below: bound, step: 4, start: 33, count: 50) == Array(all[33..<83]))
            #expect(all.allSatisfy { (0..<bound).contains($0) })
        }
    }

    /// Counts of the values 0 ... 6, by the chi-squared statistic (6 degrees of freedom: above 27.9 once in 10 000 seeds).
    @Test func integersAreSpreadEvenly() {
        var counts = [Double](repeating: 0, count: 7)
        for value in stream.integers(below: 7, step: 2, count: 70_000) { counts[value] += 1 }
        #expect(counts.reduce(0) { $0 + ($1 - 10_000) * ($1 - 10_000) / 10_000 } < 27.9)
    }

    @Test(arguments: [0, 1, 2, 100, 5000])
    func permutationsHoldEveryNumberOnce(count: Int) {
        let order = stream.permutation(of: count, step: 1)
        #expect(order.sorted() == Array(0..<count))
        for part in [0, count / 3, count] { #expect(stream.choice(part, of: count, step: 1) == Array(order[..<part])) }
        if count > 10 {
            #expect(order != stream.permutation(of: count, step: 2))
            #expect(order != RandomStream(seed: 1, name: "data/order").permutation(of: count, step: 1))
            #expect(order != RandomStream(seed: 0, name: "data/other").permutation(of: count, step: 1))
        }
    }

    /// All 24 orders of four numbers (23 degrees of freedom: above 58.6 once in 15 000 seeds).
    @Test func permutationsAreSpreadEvenly() {
        var counts: [[Int]: Double] = [:]
        for step in 0..<4800 as Range<UInt64> { counts[stream.permutation(of: 4, step: step), default: 0] += 1 }
        #expect(counts.count == 24)
        #expect(counts.values.sorted().reduce(0) { $0 + ($1 - 200) * ($1 - 200) / 200 } < 58.6)
    }

    @Test func realNumbersAgreeWithTheirWords() {
        let words = stream.words(step: 5, start: 2, count: 50)
        let uniform = stream.numbers(.uniform(low: 0, high: 1), step: 5, start: 2, count: 50)
        #expect(uniform == words.map { Float($0 >> 8) * 0x1p-24 })
        #expect(uniform[7] == stream.uniform(step: 5, index: 9))
        let normal = stream.numbers(.normal(mean: 0, deviation: 1), step: 5, count: 40)
        #expect(stream.numbers(.normal(mean: -1, deviation: 3), step: 5, count: 40) == normal.map { Float(-1).addingProduct(3, $0) })
        #expect(stream.numbers(.truncatedNormal(mean: 0, deviation: 0.02), step: 5, count: 1000).allSatisfy { abs($0) < 0.04 })
        #expect(stream.numbers(.normal(mean: 0, deviation: 1), step: 5, count: 0).isEmpty)
    }
}
