import Testing

@testable import Figures

@Suite struct DecimalTextTests {
    @Test(arguments: [
        (0.0, "0"), (-0.001, "0"), (1.0, "1"), (1.005, "1"), (2.675, "2.68"), (-12.5, "-12.5"), (1234567.891, "1234567.89"),
        (0.1 + 0.2, "0.3"), (99.999, "100"),
    ])
    func coordinatesHaveTwoDecimals(value: Double, text: String) {
        #expect(DecimalText.coordinate(value) == text)
    }

    @Test(arguments: [
        (0.0, "0"), (34.1234, "34.12"), (0.000213, "0.000213"), (2.1e-7, "2.1e-7"), (9.9996, "10"), (999.96, "1000"),
        (1e6, "1000000"), (1.5e9, "1.5e9"), (-3.14159, "-3.142"), (.infinity, "infinity"), (.nan, "not a number"),
    ])
    func fourSignificantDigits(value: Double, text: String) {
        #expect(DecimalText.significant(value) == text)
    }

    @Test(arguments: [(0, "0"), (999, "999"), (10_000, "10,000"), (-1_234_567, "-1,234,567")])
    func countsAreGrouped(value: Int, text: String) {
        #expect(DecimalText.count(value) == text)
    }

    @Test func exactTextReadsBack() {
        for value in [1.0 / 3, 34.0, 1e-300, 6.02e23, -0.1] { #expect(Double(DecimalText.exact(value)) == value) }
    }

    @Test func decimalExponentIsRightAtPowersOfTen() {
        for power in -15...15 {
            let value = DecimalText.powerOfTen(power)
            #expect(DecimalText.decimalExponent(value) == power)
            #expect(DecimalText.decimalExponent(value.nextDown) == power - 1)
        }
    }
}
