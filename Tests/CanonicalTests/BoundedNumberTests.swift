import Canonical
import Testing

@Suite("Untrusted numbers") struct BoundedNumberTests {
    @Test func textOutsideTheRangeIsNone() {
        #expect(Int("7", in: 0...7) == 7 && Int("-9223372036854775808", in: Int.min...Int.max) == .min && UInt8("255", in: 0...255) == 255)
        for text in ["8", "-1", "", " 7", "7 ", "1e3", "0x7", "nan", "9223372036854775808", String(repeating: "9", count: 5000), "\u{0667}"] {
            #expect(Int(text, in: 0...7) == nil, "\(text.prefix(30))")
        }
    }

    @Test func numbersThatDoNotFitAreCut() {
        let large: [Double] = [1e308, .infinity, 9.3e18], small: [Double] = [-1e308, -.infinity, -9.3e18]
        #expect(large.allSatisfy { Int(saturating: $0) == .max } && small.allSatisfy { Int(saturating: $0) == .min })
        #expect(Int(saturating: Double.nan) == 0 && Int(saturating: Double.leastNonzeroMagnitude) == 0 && Int(saturating: -0.9) == 0 && Int(saturating: Float(2.9)) == 2)
        #expect(UInt8(saturating: 255.9) == 255 && UInt8(saturating: 256.0) == 255 && UInt8(saturating: -1.0) == 0)
        #expect(Int(saturating: 9_007_199_254_740_993.0) == 9_007_199_254_740_992)
    }

    @Test func sumsStayWithinTheirBounds() {
        #expect(Int.max.addingSaturating(1) == .max && Int.min.addingSaturating(-1) == .min && 3.addingSaturating(4) == 7)
        #expect(Int.max.addingSaturating(.min) == -1)
    }

    /// A computed number may be infinite; encoding it must not trap.
    @Test func numbersThatJSONCannotHoldAreNull() {
        let value: JSONValue = ["a": .number(.nan), "b": .array([.number(.infinity), .number(-.infinity), .number(1e308)])]
        #expect(value.canonicalText == #"{"a":null,"b":[null,null,1e308]}"#)
    }
}
