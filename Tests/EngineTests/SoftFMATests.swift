import CKernels
import Testing

/// The software fma of the scalar kernels against the exact one of the processor or platform.
@Suite struct SoftFMATests {
    static func agrees(_ a: Float, _ b: Float, _ c: Float) -> Bool {
        let soft = fid_soft_fma(a, b, c), exact = c.addingProduct(a, b)
        return soft.bitPattern == exact.bitPattern || (soft.isNaN && exact.isNaN)
    }

    @Test func edgesAgree() {
        let magnitudes: [UInt32] = [
            0, 1, 2, 3, 0x007f_ffff, 0x0080_0000, 0x0080_0001, 0x00ff_ffff, 0x0100_0000, 0x1f80_0000, 0x2000_0001, 0x3300_0000, 0x3380_0000,
            0x3380_0001, 0x3f00_0000, 0x3f7f_ffff, 0x3f80_0000, 0x3f80_0001, 0x3fff_ffff, 0x4b80_0000, 0x5f00_0000, 0x7f00_0000, 0x7f7f_ffff,
            0x7f80_0000, 0x7fc0_0000,
        ]
        let edges = (magnitudes + magnitudes.map { $0 | 0x8000_0000 }).map { Float(bitPattern: $0) }
        var different: [(Float, Float, Float)] = []
        for a in edges {
            for b in edges {
                for c in edges where !Self.agrees(a, b, c) { different.append((a, b, c)) }
            }
        }
        #expect(different.isEmpty)
    }

    @Test func randomBitPatternsAgree() {
        var numbers = ProductNumbers(seed: 1)
        var different = 0
        for _ in 0..<500_000 where !Self.agrees(numbers.any(), numbers.any(), numbers.any()) { different += 1 }
        #expect(different == 0)
    }

    /// Exact sums very close to the midpoint of two neighbors: a plain sum in double precision lands on the midpoint and rounds twice.
    @Test func nearTiesAgree() {
        var numbers = ProductNumbers(seed: 2)
        var different = 0, roundedTwice = 0
        for _ in 0..<200_000 {
            // a * b = 1 - x^2 is half a unit in the last place of c, less a part that double precision cannot hold beside c.
            let x = Float(numbers.bits() % 7 + 1) * 0x1p-18
            let c = Float(bitPattern: 0x3f80_0000 | numbers.bits() & 0x807f_ffff)
            let scale = Float(sign: .plus, exponent: Int(numbers.bits() % 60) - 30, significand: 1)
            let a = (1 + x) * 0x1p-24 * scale, b = numbers.bits() % 2 == 0 ? 1 - x : x - 1
            if !Self.agrees(a, b, c * scale) { different += 1 }
            if Float(Double(a) * Double(b) + Double(c * scale)) != (c * scale).addingProduct(a, b) { roundedTwice += 1 }
        }
        #expect(different == 0)
        #expect(roundedTwice > 10_000, "the numbers should meet cases that a plain sum in double precision gets wrong")
    }

    @Test func cancellingSumsAgree() {
        var numbers = ProductNumbers(seed: 4)
        var different = 0
        for _ in 0..<200_000 {
            let a = numbers.uniform(), b = numbers.uniform()
            let c = Float(bitPattern: (-a * b).bitPattern &+ numbers.bits() % 5 &- 2)
            if !Self.agrees(a, b, c) { different += 1 }
        }
        #expect(different == 0)
    }

    @Test func subnormalResultsAgree() {
        var numbers = ProductNumbers(seed: 3)
        var different = 0
        for _ in 0..<200_000 {
            let a = Float(bitPattern: numbers.bits() & 0x807f_ffff | (30 + numbers.bits() % 40) << 23)
            let b = Float(bitPattern: numbers.bits() & 0x807f_ffff | (30 + numbers.bits() % 40) << 23)
            let c = Float(bitPattern: numbers.bits() & 0x80ff_ffff)
            if !Self.agrees(a, b, c) { different += 1 }
        }
        #expect(different == 0)
    }

    // MARK: Double precision

    static func agrees(_ a: Double, _ b: Double, _ c: Double) -> Bool {
        let soft = fid_soft_fma_double(a, b, c), exact = c.addingProduct(a, b)
        return soft.bitPattern == exact.bitPattern || (soft.isNaN && exact.isNaN)
    }

    @Test func edgesAgreeInDoublePrecision() {
        let magnitudes: [UInt64] = [
            0, 1, 2, 3, 0xf_ffff_ffff_ffff, 0x10_0000_0000_0000, 0x10_0000_0000_0001, 0x1f_ffff_ffff_ffff, 0x0350_0000_0000_0001, 0x1ff0_0000_0000_0000,
            0x2000_0000_0000_0001, 0x3ca0_0000_0000_0000, 0x3cb0_0000_0000_0001, 0x3fef_ffff_ffff_ffff, 0x3ff0_0000_0000_0000, 0x3ff0_0000_0000_0001,
            0x3fff_ffff_ffff_ffff, 0x4340_0000_0000_0000, 0x7fe0_0000_0000_0000, 0x7fef_ffff_ffff_ffff, 0x7ff0_0000_0000_0000, 0x7ff8_0000_0000_0000,
        ]
        let edges = (magnitudes + magnitudes.map { $0 | 1 << 63 }).map { Double(bitPattern: $0) }
        var different = 0
        for a in edges {
            for b in edges {
                for c in edges where !Self.agrees(a, b, c) { different += 1 }
            }
        }
        #expect(different == 0)
    }

    /// Products and addends of all magnitudes, of equal magnitude, and near the smallest numbers; and sums that nearly cancel.
    @Test func randomNumbersAgreeInDoublePrecision() {
        var numbers = ProductNumbers(seed: 5)
        func double(_ exponents: ClosedRange<Int>) -> Double {
            let exponent = UInt64(exponents.lowerBound + Int(numbers.bits()) % exponents.count)
            return Double(bitPattern: UInt64(numbers.bits()) << 32 & 0x800f_ffff_0000_0000 | UInt64(numbers.bits()) | exponent << 52)
        }
        var different = 0
        for _ in 0..<200_000 {
            if !Self.agrees(double(0...2046), double(0...2046), double(0...2046)) { different += 1 }
            if !Self.agrees(double(1000...1046), double(1000...1046), double(940...1100)) { different += 1 }
            if !Self.agrees(double(450...520), double(450...520), double(0...120)) { different += 1 }
            let (a, b) = (double(1010...1030), double(1010...1030))
            let near = Double(bitPattern: (-a * b).bitPattern &+ UInt64(numbers.bits() % 5) &- 2)
            if !Self.agrees(a, b, near) { different += 1 }
        }
        #expect(different == 0)
    }
}
