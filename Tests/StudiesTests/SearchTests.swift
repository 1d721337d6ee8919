import Canonical
import Studies
import Numerics
import Testing

@Suite struct SearchTests {
    let stream = RandomStream(seed: 1, name: "search/test")

    /// 2,000 samples: mean and extremes as theory predicts.
    @Test func uniformFillsItsInterval() {
        let values = (0..<2000).map { number(.uniform(low: 2, high: 6), step: $0) }
        #expect(values.allSatisfy { 2..<6 ~= $0 })
        // The mean has the standard error 4 / sqrt(12 * 2000) = 0.026.
        #expect(abs(values.reduce(0, +) / 2000 - 4) < 0.11)
        #expect(values.min()! < 2.02 && values.max()! > 5.98)
    }

    @Test func logUniformFillsItsDecadesEvenly() {
        let values = (0..<3000).map { number(.logUniform10(low: -5, high: -2), step: $0) }
        #expect(values.allSatisfy { 1e-5..<1e-2 ~= $0 })
        for decade in [1e-5, 1e-4, 1e-3] {
            // Binomial with n = 3000, p = 1/3: standard deviation 26.
            let count = values.count { decade..<(10 * decade) ~= $0 }
            #expect(abs(count - 1000) < 110, "\(count) from \(decade) on")
        }
    }

    @Test func choiceTakesEachValue() {
        let values = (0..<1000).map { SearchDistribution.choice([1, 5, 9]).value(in: stream, step: $0, index: 0) }
        for value in [1, 5, 9] as [HyperparameterValue] {
            #expect(abs(values.count { $0 == value } - 333) < 75)
        }
    }

    @Test func indicesAndStepsAreIndependent() {
        let distribution = SearchDistribution.uniform(low: 0, high: 1)
        let values = (0..<30).flatMap { step in (0..<8).map { number(distribution, step: step, index: $0) } }
        #expect(Set(values).count == values.count)
        #expect(values[8 * 3 + 2] == number(distribution, step: 3, index: 2))
    }

    /// The JSON of a sampled value is short, and reads back as the same value.
    @Test func drawsHaveSixDigits() throws {
        for step in 0..<500 as Range<UInt64> {
            let value = number(.logUniform10(low: -5, high: 2), step: step)
            let text = JSONNumber.text(value)
            let digits = text.prefix { $0 != "e" }.filter(\.isNumber).drop { $0 == "0" }
            #expect(digits.count <= 6, "\(text)")
            #expect(try JSONValue(parsing: text).numberValue == value)
        }
    }

    private func number(_ distribution: SearchDistribution, step: UInt64, index: Int = 0) -> Double {
        distribution.value(in: stream, step: step, index: index).number
    }
}
