import Testing

@testable import Figures

/// Numbers in sentences: a fixed number of digits, and one number of decimals for values that belong together.
@Suite("Fixed digits")
struct FixedDigitsTests {
    @Test(arguments: [
        (23.4, 4, "23.40"), (0.5, 4, "0.5000"), (-0.5, 2, "-0.50"), (0, 4, "0"), (-0.0, 4, "0"), (9.9996, 4, "10.00"), (99.96, 3, "100"), (0.09996, 3, "0.100"), (9.99949, 4, "9.999"), (1234.5, 3, "1235"),
        (1_234_567, 4, "1234567"), (9_999_999.9, 3, "10000000"), (12_345_678, 3, "1.23e7"), (9_999_999_999, 3, "1.00e10"), (0.00012345, 3, "0.000123"), (0.000012345, 3, "1.23e-5"), (2.1e-7, 4, "2.100e-7"),
        (1, 1, "1"), (0.25, 1, "0.3"), (123.456, 15, "123.456000000000"), (.infinity, 3, "infinity"), (.leastNonzeroMagnitude, 2, "4.9e-324"), (1.7976931348623157e308, 3, "1.80e308"),
    ])
    func oneNumber(value: Double, digits: Int, text: String) { #expect(FigureNumber.fixed(value, digits: digits) == text) }

    @Test func valuesThatBelongTogetherShareDecimals() {
        #expect(FigureNumber.fixed([21, 9.5, 104.25], digits: 4) == ["21.0", "9.5", "104.3"])
        #expect(FigureNumber.fixed([-0.001, -0.5, 0.5], digits: 3) == ["-0.001", "-0.500", "0.500"])
        #expect(FigureNumber.fixed([69, 41.5, .infinity], digits: 4) == ["69.00", "41.50", "infinity"])
        #expect(FigureNumber.fixed([0, 0], digits: 3) == ["0", "0"] && FigureNumber.fixed([], digits: 3).isEmpty)
        #expect(FigureNumber.fixed([1e9, 1], digits: 3) == ["1.00e9", "1.00e0"])
    }

    @Test func noNumberTraps() {
        for value in [1e300, -1e300, 1e-300, .nan, -.infinity, .greatestFiniteMagnitude, .leastNonzeroMagnitude, 9.5e15, 1e22] {
            for digits in [Int.min, -1, 0, 1, 4, 15, 16, Int.max] { #expect(!FigureNumber.fixed([value, 1], digits: digits)[0].isEmpty) }
        }
    }
}
