import Foundation
import TestSupport
import Testing

import Numerics

/// The platform's functions are within 1 ulp of the exact value; with our bound of 2 ulp, the difference is at most 3.
@Suite struct RealFunctionsTests {
    @Test func exponential() {
        var random = TestRandom(seed: 1), worst = 0.0
        for _ in 0..<20_000 {
            let x = Double.random(in: -700...709, using: &random), expected = exp(x)
            worst = max(worst, abs(RealFunctions.exponential(x) - expected) / expected.ulp)
        }
        for _ in 0..<20_000 {
            let x = Double.random(in: -1...1, using: &random), expected = exp(x)
            worst = max(worst, abs(RealFunctions.exponential(x) - expected) / expected.ulp)
        }
        #expect(worst <= 3, "\(worst) ulp")
        #expect(RealFunctions.exponential(0) == 1 && RealFunctions.exponential(-746) == 0 && RealFunctions.exponential(-.infinity) == 0)
        #expect(RealFunctions.exponential(710) == .infinity && RealFunctions.exponential(.nan).isNaN)
        let small = RealFunctions.exponential(-740)
        #expect(small > 0 && abs(small - exp(-740)) <= 2 * small.ulp)
    }

    @Test func logarithm() {
        var random = TestRandom(seed: 2), worst = 0.0
        for _ in 0..<20_000 {
            let x = Double(bitPattern: UInt64.random(in: 1..<0x7ff0_0000_0000_0000, using: &random)), expected = log(x)
            worst = max(worst, abs(RealFunctions.logarithm(x) - expected) / expected.ulp)
        }
        for _ in 0..<20_000 {
            let x = Double.random(in: 0.5...2, using: &random), expected = log(x)
            if expected != 0 { worst = max(worst, abs(RealFunctions.logarithm(x) - expected) / expected.ulp) }
        }
        #expect(worst <= 3, "\(worst) ulp")
        #expect(RealFunctions.logarithm(1) == 0 && RealFunctions.logarithm(0) == -.infinity && RealFunctions.logarithm(-1).isNaN)
        #expect(RealFunctions.logarithm(.infinity) == .infinity && RealFunctions.logarithm(.nan).isNaN)
    }
}
