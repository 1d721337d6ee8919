import Testing

@testable import Studies

@Suite struct PowerOfTenTests {
    /// The doubles nearest to 10^x, from decimal arithmetic of 60 digits (Python).
    static let known: [(Double, Double)] = [
        (-15.9, 1.2589254117941662e-16), (-4.5, 3.1622776601683795e-05), (-3.25, 0.0005623413251903491),
        (-0.5, 0.31622776601683794), (-0.1, 0.7943282347242815), (0.1, 1.2589254117941673),
        (0.3010299956639812, 2.0), (0.5, 3.1622776601683795), (2.75, 562.341325190349), (15.9, 7943282347242822.0),
        (21.5, 3.1622776601683794e+21),
    ]

    @Test(arguments: known) func isWithinEightHalfUlps(x: Double, expected: Double) {
        let error = abs(PowerOfTen.value(x) - expected) / expected
        #expect(error < 8 * 0x1p-53, "\(error / 0x1p-53) units")
    }

    @Test func wholePowersAreExact() {
        let literals: [Double] = [1, 10, 100, 1000, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12]
        for (n, literal) in literals.enumerated() {
            #expect(PowerOfTen.value(Double(n)) == literal)
            #expect(PowerOfTen.value(-Double(n)) == 1 / literal)
        }
    }

    @Test func ascendsAndMultiplies() {
        var before = 0.0
        for step in -2000...2000 {
            let x = Double(step) / 100
            let value = PowerOfTen.value(x)
            #expect(value > before)
            #expect(abs(value * PowerOfTen.value(-x) - 1) < 16 * 0x1p-53)
            before = value
        }
    }

    static let rounded: [(Double, Double)] = [
        (0, 0), (1, 1), (123456, 123456), (1234564, 1_234_560), (1234565, 1_234_570), (-1234565, -1_234_570),
        (0.99999949, 0.999999), (0.9999995, 1), (999999.5, 1_000_000), (1.0000000000000001e-05, 1e-5),
        (0.00036906312345, 0.000369063), (2.5, 2.5), (1e-16, 1e-16), (1e16, 1e16), (0.1 + 0.2, 0.3),
    ]

    @Test(arguments: rounded) func roundsToSixDigits(value: Double, expected: Double) {
        #expect(SignificantDigits.six(value) == expected)
    }

    @Test func cutsAtTheBound() {
        #expect(SignificantDigits.six(0.9999999, below: 1) == 0.999999)
        #expect(SignificantDigits.six(0.009999999, below: 0.01) == 0.00999999)
        #expect(SignificantDigits.six(0.9999994, below: 1) == 0.999999)
    }
}
