import Testing

@testable import Figures

@Suite struct LogarithmTests {
    /// Known to 17 digits.
    @Test(arguments: [
        (1.0, 0.0), (10.0, 1.0), (2.0, 0.30102999566398120), (3.0, 0.47712125471966244), (0.001, -3.0),
        (1.4142135623730951, 0.15051499783199060), (1e300, 300.0), (7e-200, -199.15490195998574),
    ])
    func agreesWithKnownValues(value: Double, logarithm: Double) {
        #expect((Logarithm.decimal(value) - logarithm).magnitude <= 1e-15 * max(1, logarithm.magnitude) * 2)
    }

    @Test func rises() {
        var last = -Double.infinity
        for step in 1...2000 {
            let next = Logarithm.decimal(Double(step) * 0.37)
            #expect(next > last)
            last = next
        }
    }
}
